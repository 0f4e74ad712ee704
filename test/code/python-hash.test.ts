/** The hash of Python: form does not change it, anything that runs otherwise does. */

import { describe, expect, test } from "vitest";
import { pythonHash } from "../../src/code/python-hash.ts";

const hash = async (text: string): Promise<string> =>
  (await pythonHash(text)) ?? expect.fail(`does not parse: ${text}`);

describe("the same program", () => {
  test.each([
    ["def f():\n  '''Says.'''\n", 'def f():\n  """Says."""\n'],
    ["x = 'a'\n", "x = '''a'''\n"],
    ["x = 'it\\'s'\n", 'x = "it\'s"\n'],
    ["x = '\\\\\\'\\n'\n", 'x = "\\\\\'\\n"\n'],
    ["x = f'''{a}'''\n", 'x = F"{a}"\n'],
    ["x = B'a' + U'b' + Rb'\\d' + r'c'\n", 'x = b"a" + "b" + bR"\\d" + "c"\n'],
    ["x = '''a\r\nb'''\r\ny = 1\r\n", "x = '''a\nb'''\ny = 1\n"],
    ["from a import (b, c)\n", "from a import b, c\n"],
    ["from a import (\n  b as d,  # why\n  c,\n)\n", "from a import b as d, c\n"],
    ["class A(): pass\n", "class A: pass\n"],
    ["for (a) in (b): c()\n", "for a in b: c()\n"],
    ["for a in (b + c): d()\n", "for a in b + c: d()\n"],
    ["x in (a)\nf((a.b), not (c[0]), ((d())))\n", "x in a\nf(a.b, not c[0], d())\n"],
    ["def f():\n  return (a, b)\n", "def f():\n  return a, b\n"],
    ["def f():\n  return (a,)  # one\n", "def f():\n  return a,\n"],
    ["x = y = (a, *b)\n", "x = y = a, *b\n"],
    ["x = 1_000 + 0XFF + 1E5 + 2J + 0b1_0\n", "x = 1000 + 0xff + 1e5 + 2j + 0B10\n"],
    ["a(); b()\n", "a()\nb()\n"],
    ["if a: b(); c();\n", "if a:\n  b()\n  c()\n"],
    ["# -*- coding: utf-8 -*-\nx = 1\n", "x = 1\n"],
    ["\n\n# coding: latin-1\nx = 1\n", "x = 1\n"],
    ["x = 1\n# coding: latin-1\n", "x = 1\n"],
    ["@ buttons[0].clicked.connect\ndef f(): pass\n", "@buttons[0].clicked.connect # on\ndef f(): pass\n"],
  ])("%j %j", async (one, other) => {
    expect(await hash(other)).toBe(await hash(one));
  });
});

describe("another program", () => {
  test.each([
    ["# -*- coding: latin-1 -*-\nx = 'é'\n", "# -*- coding: utf-8 -*-\nx = 'é'\n"],
    ["#!/usr/bin/env python\n# vim: set fileencoding=latin-1 :\nx = 1\n", "#!/usr/bin/env python\nx = 1\n"],
    ["x = 'a'\n", "x = b'a'\n"],
    ["x = 'a'\n", "x = f'a'\n"],
    ["x = r'\\n'\n", "x = '\\n'\n"],
    ["x = r'\\''\n", "x = '\\''\n"],
    ["x = '\\\\n'\n", "x = '\\n'\n"],
    ["x = '\\\\\\''\n", "x = '\\\\'\n"],
    ["x = 'a\"'\n", "x = 'a\\\\\"'\n"],
    ["x = '''a\nb'''\n", "x = '''a\n b'''\n"],
    ["x = f'{a!r}'\n", "x = f'{a}'\n"],
    ["x = 'a' 'b'\n", "x = 'a', 'b'\n"],
    ["class A(B): pass\n", "class A: pass\n"],
    ["a()\n", "a\n"],
    ["(x): int = 1\n", "x: int = 1\n"],
    ["x = ()\n", "x =(())\n".replace("(())", "(0)")],
    ["x = (a,)\n", "x = (a)\n"],
    ["x = (a, b), c\n", "x = a, b, c\n"],
    ["x = [(a, b)]\n", "x = [a, b]\n"],
    ["x = (a for a in b)\n", "x = a\n"],
    ["x = (a + b) * c\n", "x = a + b * c\n"],
    ["x = (a) ** -(b)\n", "x = (a ** b)\n"],
    ["x = (-a) ** b\n", "x = -a ** b\n"],
    ["assert (a, b)\n", "assert a, b\n"],
    ["if a: b(); c()\n", "if a: b()\nc()\n"],
    ["x = 10\n", "x = 1_00\n"],
    ["x = 0xE1\n", "x = 0xE + 1\n"],
    ["@a[0].b\ndef f(): pass\n", "@a[1].b\ndef f(): pass\n"],
    ["from a import b\n", "from a import b, c\n"],
  ])("%j %j", async (one, other) => {
    expect(await hash(other)).not.toBe(await hash(one));
  });
});
