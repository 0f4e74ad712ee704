/** Code hashes: what changes them, and what does not. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { areComparable, codeHash, programHash, sameHash } from "../../src/code/hash.ts";

describe("codeHash", () => {
  const base = `export function add(a: number, b: string | undefined) { const text = "x"; if (a > 1) { return [a, { b: text }]; } return null; }`;

  test.each([
    ["comments", base.replace("{ const", "{ /* why */ const // note\n").concat("\n// end")],
    ["line breaks", base.replaceAll(";", ";\n\n")],
    ["quotes", base.replace(`"x"`, `'x'`)],
    ["semicolons", base.replace(`"x";`, `"x"\n`)],
    ["parentheses", base.replace("return null", "return (null)").replace("(a > 1)", "((a) > (1))")],
    ["trailing commas", base.replace("{ b: text }]", "{ b: text, },]").replace("undefined)", "undefined,)")],
    ["type formatting", base.replace("string | undefined", "\n | string\n | (undefined)")],
    [
      "types",
      base
        .replace("a: number", "a: bigint")
        .replace("null; }", "null as never; }")
        .replace("text = ", "text: string = "),
    ],
  ])("does not see %s", async (_, changed) => {
    expect(changed).not.toBe(base);
    expect(await codeHash(changed, "x.ts")).toBe(await codeHash(base, "x.ts"));
  });

  test.each([
    ["exported names", base.replace("add", "plus")],
    ["property names", base.replace("{ b: text }", "{ c: text }")],
    ["which variable is meant", base.replace("{ b: text }", "{ b: b }")],
    ["numbers", base.replace("> 1", "> 2")],
    ["strings", base.replace(`"x"`, `"y"`)],
    ["operators", base.replace("a > 1", "a >= 1")],
    ["order", base.replace("[a, {", "[{").replace("}]", "}, a]")],
    ["unshortened properties", base.replace("{ b: text }", "{ text }")],
    ["holes", base.replace("[a, {", "[a, , {")],
    ["modifiers", base.replace("export function", "export async function")],
  ])("sees a change of %s", async (_, changed) => {
    expect(changed).not.toBe(base);
    const hash = await codeHash(changed, "x.ts");
    expect(hash).toMatch(/^js1:[0-9a-f]{64}$/);
    expect(hash).not.toBe(await codeHash(base, "x.ts"));
  });

  test("tells grouping, bigints, templates and regular expressions apart", async () => {
    const texts = [
      "a * (b + c)",
      "a * b + c",
      "1n",
      "2n",
      "1",
      "`a${b}`",
      "`b${b}`",
      "/a/g",
      "/a/i",
      "(a, b)",
      "-a",
      "+a",
    ];
    const hashes = await Promise.all(texts.map((text) => codeHash(text, "x.ts")));
    expect(new Set(hashes).size).toBe(texts.length);
  });

  test.each([
    [
      "interfaces, aliases, declarations",
      `interface A { a: 1 } type B = A; declare const c: B; declare module "m" { } declare global { var g: 1 } f();`,
      `f();`,
    ],
    [
      "`export` of types",
      `import "m"; export type A = 1; export interface B { } export declare const c: 1; f();`,
      `import "m"; f();`,
    ],
    [
      "type-only imports",
      `import type { A } from "./a.ts"; import type B from "./b.ts"; import { c, type D } from "./c.ts"; c();`,
      `import { c } from "./c.ts"; c();`,
    ],
    [
      "annotations and generics",
      `export const f = async <T extends object>(this: Window, row: T, n?: number, ...rest: T[]): Promise<T> => g<T>(row, new Map<string, T>());`,
      `export const f = async (row, n, ...rest) => g(row, new Map());`,
    ],
    [
      "assertions",
      `use((a as any)!.b, [1] as const, { a } satisfies A, <B>c, d!, f<string>); for (const e of a!) e; a?.b!.c;`,
      `use(a.b, [1], { a }, c, d, f); for (const e of a) e; a?.b.c;`,
    ],
    [
      "overloads",
      `export function f(a: string): void; export function f(a: number): void; export function f(a: any) { }`,
      `export function f(a) { }`,
    ],
    [
      "the types of a class",
      `export abstract class A<T> extends B<T> implements C, D { declare x: T; abstract y: T; abstract m(): void; [key: string]: unknown; private readonly z?: T = 1; #p!: T; constructor(); constructor(a?: T) { super(); } protected override n?<U>(u: U): void { } static accessor q: T = 1; }`,
      `export class A extends B { z = 1; #p; constructor(a) { super(); } n(u) { } static accessor q = 1; }`,
    ],
    [
      "what only types declare between variables",
      `const a = 1; type T = typeof a; const b: T = a; use(b);`,
      `const a = 1; const b = a; use(b);`,
    ],
  ])("erases %s", async (_, typed, plain) => {
    const hash = await codeHash(typed, "x.ts");
    expect(hash).toBeDefined();
    expect(hash).toBe(await codeHash(plain, "x.ts"));
  });

  test.each([
    ["enums", `enum A { B } f();`, `f();`],
    ["the values of an enum", `enum A { B = 1 }`, `enum A { B = 2 }`],
    ["the names of an enum", `enum A { B }`, `enum A { C }`],
    ["namespaces with values", `namespace N { export const a = 1 } f();`, `f();`],
    [
      "names in a namespace",
      `namespace N { export const a = 1 } f(N.a);`,
      `namespace N { export const b = 1 } f(N.a);`,
    ],
    ["parameter properties", `class A { constructor(private a) { } }`, `class A { constructor(a) { } }`],
    ["their names", `class A { constructor(private a) { } }`, `class A { constructor(private b) { } }`],
    ["fields without a value", `class A { a: number }`, `class A { }`],
    ["loading a module for its types", `import { type A } from "./a.ts"; f();`, `f();`],
    ["`?.`", `a?.b`, `a.b`],
    ["chains that `!` does not break", `(a?.b)!.c`, `a?.b!.c`],
    ["a file becoming a module", `f(this); export {}`, `f(this);`],
    ["how a tag sees its text", "t`\\u0041`", "t`A`"],
    ["directives", `"use strict"; f();`, `("use strict"); f();`],
    ["import attributes", `import a from "./a.json" with { type: "json" }`, `import a from "./a.json"`],
    ["which member is static", `class A { static x = 1 }`, `class A { x = 1 }`],
    ["getters", `class A { get x() { return 1 } }`, `class A { x() { return 1 } }`],
    ["computed names", `class A { [x]() {} }`, `class A { x() {} }`],
    ["generators and what they delegate", `function* f() { yield* a }`, `function* f() { yield a }`],
    ["`for await`", `for await (const a of b) c()`, `for (const a of b) c()`],
    ["decorators", `@a class B {}`, `class B {}`],
    ["`using`", `using a = b()`, `const a = b()`],
    ["prefixes", `a++`, `++a`],
    ["what is exported, and as what", `export * from "a"`, `export * as b from "a"`],
    ["negative zero", `f(-0)`, `f(0)`],
    ["lone surrogates", `f("\\ud800")`, `f("\\ud801")`],
    ["prototypes in literals", `f({ __proto__: a })`, `f({ ["__proto__"]: a })`],
    ["fields that are declared only", `class A { declare x: 1 }`, `class A { x: 1 }`],
    ["aliases of modules", `import A = require("a"); A()`, `import A = require("b"); A()`],
    ["which function a default names", `[f = () => {}] = []`, `[(f) = () => {}] = []`],
    ["white space in JSX", `f(<a>\n&#32;\n</a>)`, `f(<a>\n \n</a>)`],
    ["white space in attributes of JSX", `f(<a b="x&#10; y" />)`, `f(<a b="x\n y" />)`],
  ])("keeps %s", async (_, one, other) => {
    const hashes = [await codeHash(one, "x.tsx"), await codeHash(other, "x.tsx")];
    expect(hashes).toEqual([expect.any(String), expect.any(String)]);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test.each([
    ["local names", "function f(a) { return a }", "function f(b) { return b }"],
    ["a function that moved", "function f() {} function g() {}", "function g() {} function f() {}"],
    ["`let` and `const`", "let a = 1; f(a)", "const a = 1; f(a)"],
    ["a constant in place of its value", "const n = 1; f(n)", "f(1)"],
    ["quoted property names", "f({ b: 1 })", 'f({ "b": 1 })'],
    ["who is called by name", "f = () => {}", "(f) = () => {}"],
  ])("sees %s: nothing cleverer", async (_, one, other) => {
    expect(await codeHash(one, "x.ts")).not.toBe(await codeHash(other, "x.ts"));
  });

  test("tells a dangling else and a lonely declaration apart", async () => {
    const texts = [
      "if (a) { if (b) c(); } else d();",
      "if (a) if (b) c(); else d();",
      "if (a) { let b = c(); }",
      "if (a) { }",
      "{ f(); }",
      "f();",
    ];
    expect(new Set(await Promise.all(texts.map((text) => codeHash(text, "x.ts")))).size).toBe(texts.length);
  });

  test("is undefined for text that does not parse", async () => {
    expect(await codeHash("const = 3", "x.ts")).toBeUndefined();
    expect(await codeHash("def f(x): return x", "x.js")).toBeUndefined();
  });
});

describe("codeHash of Python", () => {
  const base = 'import os\n\ndef f(a, *, b=1):\n    if a:\n        g(a)\n    return f"{a!r}", """x\n  y"""\n';

  test.each([
    ["comments", base.replace("if a:", "if a:  # why").replace("import os", "# a\nimport os")],
    ["empty lines and ends of lines", base.replace("\n\n", "\n\n\n").replaceAll("if a:\n", "if a:\r\n")],
    ["how far a block is indented", base.replace("        g(a)", "            g(a)")],
    ["spaces between tokens", base.replace("b=1", "b = 1").replace("g(a)", "g( a )")],
  ])("does not see %s", async (_, changed) => {
    expect(changed).not.toBe(base);
    expect(await codeHash(changed, "x.py")).toBe(await codeHash(base, "x.py"));
  });

  test.each([
    [
      "a line that left its block",
      base,
      base.replace("        g(a)", "        pass\n    g(a)").replace("pass", "g(a)"),
    ],
    ["only where a line stands", "if a:\n    b()\n    c()\n", "if a:\n    b()\nc()\n"],
    [
      "whose `else` it is",
      "for x in y:\n    if a:\n        b()\n    else:\n        c()\n",
      "for x in y:\n    if a:\n        b()\nelse:\n    c()\n",
    ],
    ["names", base, base.replace("g(a)", "h(a)")],
    ["keywords", "x = not a\n", "x = nota\n"],
    ["kinds of parameters", base, base.replace("*, b", "/, b")],
    ["annotations", base, base.replace("f(a,", "f(a: int,")],
    ["numbers that end in a point", "a = [1., 2.e3, x[0]]\n", "a = [1., 2.e4, x[0]]\n"],
    ["such a number from a whole one", "a = 1.\n", "a = 10\n"],
    ["tuples", "a = (b,)\n", "a = (b)\n"],
    ["texts side by side", "a = 'b' 'c'\n", "a = 'b', 'c'\n"],
    ["conversions in f-strings", base, base.replace("!r", "!s")],
    ["white space in strings", base, base.replace("  y", " y")],
    ["form feeds in strings", "a = 'x\fy'\n", "a = 'x y'\n"],
    ["`async`", base, base.replace("def f", "async def f")],
    ["how far up an import looks", "from . import a\n", "from .. import a\n"],
    ["`print`", "print(a)\n", "Print(a)\n"],
    ["the encoding of the file", base, `# coding: latin-1\n${base}`],
  ])("sees %s", async (_, one, other) => {
    const hashes = [await codeHash(one, "x.py"), await codeHash(other, "x.py")];
    expect(hashes).toEqual([expect.stringMatching(/^py1:/), expect.stringMatching(/^py1:/)]);
    expect(hashes[0]).not.toBe(hashes[1]);
  });
});

const comment = fc.constantFrom(" ", "\n", "/* a note */", "// one\n", "\n\n/** why */\n");

test("comments and white space between tokens never change a hash, whatever they are", async () => {
  const pieces = [
    "const",
    " a",
    "=",
    "[1,",
    "`b${",
    "c",
    "}`",
    "]",
    ";",
    "if",
    "(",
    "a",
    ")",
    "{",
    "f",
    "(",
    "a",
    ")",
    "}",
  ];
  const plain = await codeHash(pieces.join(" "), "x.ts");
  await fc.assert(
    fc.asyncProperty(fc.array(comment, { minLength: pieces.length, maxLength: pieces.length }), async (between) => {
      // Not inside of the template.
      const text = pieces.map((piece, i) => piece + (i === 4 || i === 5 ? " " : (between[i] ?? ""))).join(" ");
      expect(await codeHash(text, "x.ts"), text).toBe(plain);
    }),
  );
});

test("a hash of yesterday is that of today: whatever changes one takes a new name of the algorithm", async () => {
  const texts = {
    "a.ts": "export const add = (a: number, b = 2): number => a + b; // sum\nclass A<T> { #p?: T }\n",
    "b.py": "def add(a, b=2):\n    return a + b  # sum\n\nfor x in [1, 'two']:\n    print(f\"{x}\")\n",
  };
  const hashes = await Promise.all(Object.entries(texts).map(([path, text]) => codeHash(text, path)));
  expect(hashes).toMatchInlineSnapshot(`
    [
      "js1:c15e19c40c210debab8a22d95bb7daa83d040cb6ee46f2cb971694b7098cbd94",
      "py1:2f0281b196de592179c001c3e8ac64fcbf49d893f152bc3f28a4999a96ada4d0",
    ]
  `);
});

test("hashes of a program name the algorithms of its files", () => {
  expect(programHash("js1:a", [])).toBe("js1:a");
  expect(programHash("ab", [])).toBe("sha256:ab");
  expect(programHash("js1:a", [["b.ts", "js1:b"]])).toMatch(/^js1:[0-9a-f]{64}$/);
  expect(programHash("js1:a", [["b.json", "cd"]])).toMatch(/^js1:[0-9a-f]{64}$/);
  expect(programHash("js1:a", [["b.ts", "js2:b"]])).toMatch(/^js1\+js2:[0-9a-f]{64}$/);
});

test("hashes of two algorithms say nothing of each other, and those without a name nothing of any", () => {
  expect(sameHash("js1:a", "js1:a")).toBe(true);
  expect(sameHash("a", "a")).toBe(true);
  expect(sameHash("js1:a", "js1:b")).toBe(false);
  expect(sameHash("js1:a", "js2:a")).toBeUndefined();
  expect(sameHash("js1:a", "sha256:b")).toBe(false);
  expect(sameHash("a", "js1:b")).toBeUndefined();
  expect(sameHash("a", "b")).toBeUndefined();
});

test("hashes can be compared when all are of one algorithm; a file that did not parse is beside the point", () => {
  expect(areComparable(["js1:a", "sha256:b", "js1:c"])).toBe(true);
  expect(areComparable(["sha256:b", "js1:a", "js2:a"])).toBe(false);
  expect(areComparable(["a", "a"])).toBe(true);
  expect(areComparable(["sha256:b", "a"])).toBe(false);
  expect(areComparable([])).toBe(true);
});
