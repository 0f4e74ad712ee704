/** Constants that are literals: taking one out or putting it back is no change, another value or another moment is. */

import { describe, expect, test } from "vitest";
import { hash, Traces } from "./programs.ts";

describe("the same program", () => {
  test.each([
    [
      "a number, any number of times",
      "const RATE = 1.5; export const f = (x) => x * RATE + RATE;",
      "export const f = (x) => x * 1.5 + 1.5;",
    ],
    [
      "text, true, null, bigint, less than nothing",
      "const a = 'x', b = true, c = null, d = 1n, e = -1; use(a, b, c, d, e ** 2);",
      "use('x', true, null, 1n, (-1) ** 2);",
    ],
    [
      "after imports, types, functions and their like",
      "import m from 'm'; type T = 1; function f() { return A; } export const B = 2; const A: T = 1; use(m, f, A);",
      "import m from 'm'; function f() { return 1; } export const B = 2; use(m, f, 1);",
    ],
    ["in short properties", "const limit = 3; use({ limit });", "use({ limit: 3 });"],
    [
      "in a function",
      "export function f(x) { const RATE = 2; if (x) return RATE; return () => RATE; }",
      "export function f(x) { if (x) return 2; return () => 2; }",
    ],
    ["in the block of a condition", "if (x) { const a = 1; return a; }", "if (x) return 1;"],
    [
      "beside a namesake inside",
      "const a = 1; use(a); { const a = f(); use(a, a); } use((a) => a);",
      "use(1); { const b = f(); use(b, b); } use((c) => c);",
    ],
    ["beside constants that are none", "const a = 1; const b = f(a); use(a, b, b);", "const b = f(1); use(1, b, b);"],
    [
      "as a key, a default, an operand",
      "const k = 'x'; const { [k]: a = k } = o; use(o[k], { [k]: k }, typeof k, `${k}`, a, a);",
      "const { ['x']: a = 'x' } = o; use(o['x'], { ['x']: 'x' }, typeof 'x', `${'x'}`, a, a);",
    ],
    ["a template without a hole", "const a = `x`; use(a, a);", "use('x', 'x');"],
  ])("%s", async (_, one, other) => {
    expect(await hash(one)).toBe(await hash(other));
  });
});

describe("another program", () => {
  test.each([
    ["another value", "const RATE = 1.5; use(RATE, RATE);", "use(1.5, 1.6);"],
    ["a value of another kind", "const a = '1'; use(a, a);", "use(1, 1);"],
    ["an export", "export const a = 1; use(a);", "use(1);"],
    ["an export elsewhere", "const a = 1; use(a); export { a };", "use(1); export {};"],
    ["a variable", "let a = 1; use(a); set(() => { a = 2; });", "use(1); set(() => { });"],
    [
      "`let` that is assigned",
      "let a = 1; f(() => { a = 2; }); use(a, a);",
      "let a = 1; f(() => { a = 2; }); use(1, 1);",
    ],
    ["after something that may run", "f(); const a = 1; use(a, a);", "f(); use(1, 1);"],
    [
      "after a class",
      "class A { static x = g(); } const a = 1; function g() { return a; } use(A, a);",
      "class A { static x = g(); } function g() { return 1; } use(A, 1);",
    ],
    ["after a declaration that may run", "const b = f(), a = 1; use(a, a, b, b);", "const b = f(); use(1, 1, b, b);"],
    ["one that is assigned to", "const a = 1; use(a); a = 2;", "use(1); a = 2;"],
    ["one that is counted", "const a = 1; use(a); a++;", "use(1); a++;"],
    ["one in a pattern", "const a = 1; use(a); ({ a } = f());", "use(1); ({ a } = f());"],
    ["one of a loop", "const a = 1; use(a); for (a of f()) use(a);", "use(1); for (a of f()) use(1);"],
    ["`delete`", "var o; const a = 1; use(delete a);", "var o; use(delete 1);"],
    ["`eval`", "const a = 1; eval('a');", "eval('a');"],
    ["a parameter of its name", "const a = 1; use((a) => a);", "use((a) => 1);"],
    ["templates with holes, lists, sums", "const a = [1]; use(a, a);", "use([1], [1]);"],
    ["parameters of flows", "const key = 1; ln.flow((key) => key);", "const key = 1; ln.flow((name) => name);"],
  ])("%s", async (_, one, other) => {
    expect(await hash(one)).not.toBe(await hash(other));
  });
});

test("programs with one hash do the same: constants at every place, used at every other", async () => {
  const statements = [
    "log(_);",
    "{ const a = 2; log(_); }",
    "{ log(_); const a = 2; }",
    "const a = 1;",
    "const a = 2;",
    "function f() { log(_); }",
    "f();",
    "((a) => log(_))(3);",
    "try { a = 3; } catch { log(4); }",
  ];
  const traces = new Traces();
  for (const one of statements) {
    for (const two of statements) {
      for (const three of statements) {
        for (const four of ["", "f();", "log(_);"]) {
          for (const value of ["a", "1", "2"]) {
            await traces.add([one, two, three, four].join(" ").replaceAll("_", value));
          }
        }
      }
    }
  }
  expect(traces.hashes).toBeLessThan(traces.found * 0.9);
});
