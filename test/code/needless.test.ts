/** What a program says without need is not in its hash, and what only looks like that is. */

import { describe, expect, test } from "vitest";
import { hash, Traces } from "./programs.ts";

describe("the same program", () => {
  test.each([
    ["`#!`", "#!/usr/bin/env node\nuse(1);", "use(1);"],
    [
      "built-in modules",
      'import a from "events"; export * from "fs/promises"; use(require("path"), a, await import("util"));',
      'import a from "node:events"; export * from "node:fs/promises"; use(require("node:path"), a, await import("node:util"));',
    ],
    [
      "`let` for what never changes",
      "let a = f(); let { b, c: [d = 1, ...e] } = g(); for (let h of i) use(h, b, d, e); use(a, a);",
      "const a = f(); const { b, c: [d = 1, ...e] } = g(); for (const h of i) use(h, b, d, e); use(a, a);",
    ],
    ["`let` for a literal", "import 'm'; let RATE = 1.5; use(RATE, RATE);", "import 'm'; use(1.5, 1.5);"],
    [
      "declarations in one",
      "const a = f(), b = g(); export let c = 1, d = 2; use(() => { var e = 1, h; use(a, b, e, h); });",
      "const a = f(); const b = g(); export let c = 1; export let d = 2; use(() => { var e = 1; var h; use(a, b, e, h); });",
    ],
    [
      "imports for their types",
      'import { A, b } from "./t.ts"; const c: A = b; use(c, c);',
      'import { type A, b } from "./t.ts"; const c: A = b; use(c, c);',
    ],
    [
      "imports for nothing but types",
      'import B, { A } from "./t.ts"; use(1 as A as B);',
      'import { type A } from "./t.ts"; use(1);',
    ],
    [
      "strictness of a module",
      '"use strict"; import "m"; use(() => { "use strict"; return 1; });',
      'import "m"; use(() => 1);',
    ],
    [
      "keys that are numbers",
      "use({ '1': a, 2: b, '0x3': c, 1e3: d }, class { 4 = 1; '5'() { } });",
      "use({ 1: a, '2': b, '0x3': c, 1000: d }, class { '4' = 1; 5() { } });",
    ],
    ["`debugger`", "debugger; use(() => { debugger; return 1; });", "use(() => 1);"],
  ])("%s", async (_, one, other) => {
    expect(await hash(other)).toBe(await hash(one));
  });
});

describe("another program", () => {
  test.each([
    ["`#!` with options", "#!/usr/bin/env -S node --expose-gc\nuse(1);", "use(1);"],
    ["what is only built in with `node:`", 'import a from "test"; use(a);', 'import a from "node:test"; use(a);'],
    ["`let` that is assigned", "let a = f(); a = 2; use(a);", "const a = f(); a = 2; use(a);"],
    ["`let` that is counted", "for (let i = 0; i < 2; i++) use(i);", "for (const i = 0; i < 2; i++) use(i);"],
    [
      "`let` in a pattern that is assigned",
      "let a = f(); ({ b: [a = 1] } = c); use(a);",
      "const a = f(); ({ b: [a = 1] } = c); use(a);",
    ],
    ["`let` that a loop assigns", "let a = f(); for (a of b) use(a);", "const a = f(); for (a of b) use(a);"],
    ["`let` beside `eval`", "let a = f(); eval(b); use(a);", "const a = f(); eval(b); use(a);"],
    ["`var`", "var a = f(); use(() => a);", "const a = f(); use(() => a);"],
    [
      "imports that decorators see",
      'import { A, d } from "./t.ts"; @d class C { constructor(a: A) { } } use(C);',
      'import { type A, d } from "./t.ts"; @d class C { constructor(a: A) { } } use(C);',
    ],
    [
      "imports that are exported",
      'import { A } from "./t.ts"; export { A };',
      'import { type A } from "./t.ts"; export {};',
    ],
    [
      "that a file is loaded",
      'import { A } from "./t.ts"; use(1 as A);',
      'import type { A } from "./t.ts"; use(1); export {};',
    ],
    ["that it is loaded for what it does", 'import { A } from "./t.ts"; use(1 as A);', 'import "./t.ts"; use(1);'],
    ["the same, spelt out", 'import { type A } from "./t.ts"; use(1 as A);', 'import "./t.ts"; use(1);'],
    ["strictness of a script", '"use strict"; use(this);', "use(this);"],
    ["keys that are no numbers", "use({ '01': a });", "use({ 1: a });"],
    ["a prototype", "use({ __proto__ });", "use({ __proto__: __proto__ });"],
    [
      "a prototype that is a variable",
      "const __proto__ = f(); use(__proto__, { __proto__ });",
      "const __proto__ = f(); use(__proto__, { __proto__: __proto__ });",
    ],
  ])("%s", async (_, one, other) => {
    expect(await hash(other)).not.toBe(await hash(one));
  });
});

const values = ["a", "b", "a = 3", "a++", "{ a }", "() => a", "[a] = [4]"];

test.each(["let", "const", "var"])("programs with one hash do the same: %s", async (kind) => {
  const traces = new Traces();
  for (const strict of [true, false]) {
    for (const other of ["let", "const", "var"]) {
      for (const value of values) {
        for (const declared of [
          `${kind} a = 1, b = 2;`,
          `${other} a = 1; ${kind} b = 2;`,
          `${kind} b = 2; ${other} a = 1;`,
        ]) {
          await traces.add(`${declared} try { log(${value}); } catch (e) { log(e.message); } log(a, b);`, strict);
          await traces.add(
            `const all = []; for (${kind} a of [1, 2]) { ${other} b = a; all.push(() => (${value}, [a, b])); } for (const f of all) { try { log(f()); } catch { log(0); } }`,
            strict,
          );
        }
      }
    }
  }
  expect(traces.hashes).toBeGreaterThan(1);
});

test("programs with one hash do the same: keys and prototypes", async () => {
  const traces = new Traces();
  for (const key of [
    "1",
    "'1'",
    "01",
    "1.0",
    "1n",
    "0x1",
    "'1.0'",
    "['1']",
    "'a'",
    "a",
    "['a']",
    "1e21",
    "'1e+21'",
    "Infinity",
    "1e999",
    "__proto__",
    "'__proto__'",
    "['__proto__']",
  ]) {
    for (const strict of [true, false]) {
      for (const item of [`${key}: b`, `${key}() { }`, `get ${key}() { return 1; }`])
        await traces.add(
          `const b = [1]; const made = { ${item} }; log(Object.keys(made), Array.isArray(made));`,
          strict,
        );
    }
  }
  for (const item of ["__proto__", "__proto__: __proto__", "['__proto__']: __proto__"])
    await traces.add(`const __proto__ = [1]; const made = { ${item} }; log(Object.keys(made), Array.isArray(made));`);
  expect(traces.hashes).toBeGreaterThan(1);
});
