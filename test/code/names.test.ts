/** Names in the hash of code: renaming what is local changes nothing, meaning something else does. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { astHash } from "../../src/code/syntax.ts";
import { hash, Traces } from "./programs.ts";

describe("the same program", () => {
  test.each([
    [
      "variables",
      "const rows = load(); let n = rows.length; use(n);",
      "const data = load(); let count = data.length; use(count);",
    ],
    [
      "functions before their declaration",
      "main(); function main() { helper(); } function helper() { main(); }",
      "run(); function run() { step2(); } function step2() { run(); }",
    ],
    [
      "parameters and their defaults",
      "f((a, b = a, { c, d: [e = c] }, ...r) => use(a, b, c, e, r));",
      "f((x, y = x, { c: z, d: [u = z] }, ...v) => use(x, y, z, u, v));",
    ],
    ["properties in short", "const a = 1; f({ a });", "const b = 1; f({ a: b });"],
    [
      "patterns in short",
      "const { a, b = a, ...c } = o; f(a, b, c);",
      "const { a: x, b: y = x, ...z } = o; f(x, y, z);",
    ],
    [
      "imports",
      `import x, { a, b as c } from "m"; import * as n from "n"; f(x, a, c, n);`,
      `import y, { a as d, b } from "m"; import * as m from "n"; f(y, d, b, m);`,
    ],
    [
      "what is exported under another name",
      "const a = 1; export { a as b }; export default function f() { }",
      "const x = 1; export { x as b }; export default function g() { }",
    ],
    [
      "classes and private names",
      "class A { #a = 1; m() { return this.#a + new A(); } } use(A);",
      "class B { #b = 1; m() { return this.#b + new B(); } } use(B);",
    ],
    [
      "the own name of a function",
      "f(function g() { g(); }, class H { m() { H; } });",
      "f(function x() { x(); }, class Y { m() { Y; } });",
    ],
    ["labels", "a: for (;;) { b: for (;;) { break a; } }", "x: for (;;) { y: for (;;) { break x; } }"],
    [
      "names that are used again inside",
      "const a = 1; use(a); { const b = 2; use(b); } function f(c) { use(c); }",
      "const a = 1; use(a); { const a = 2; use(a); } function f(a) { use(a); }",
    ],
    [
      "what is caught",
      "try { } catch (e) { use(e); } try { } catch ({ message }) { use(message); }",
      "try { } catch (error) { use(error); } try { } catch ({ message: text }) { use(text); }",
    ],
    [
      "loops",
      "for (const a of b) use(a); for (var i = 0; i < 1; i++) use(i);",
      "for (const x of b) use(x); for (var j = 0; j < 1; j++) use(j);",
    ],
    [
      "what is no flow",
      "flow.other(function a(b) { }); const step = 1;",
      "flow.other(function x(y) { }); const n = 1;",
    ],
  ])("in %s", async (_, one, other) => {
    expect(await hash(other)).toBe(await hash(one));
  });
});

describe("another program", () => {
  test.each([
    ["exports", "export const a = 1; f(a);", "export const b = 1; f(b);"],
    ["exported patterns", "export const { x: a, ...b } = f();", "export const { x: a, ...c } = f();"],
    ["exported functions and classes", "export function f() { }", "export function g() { }"],
    ["names of what is imported", `import { a } from "m"; f(a);`, `import { b as a } from "m"; f(a);`],
    ["which import is meant", `import { a, b } from "m"; f(a);`, `import { a, b } from "m"; f(b);`],
    ["globals", "fetch(1);", "load(1);"],
    ["a global that becomes a variable", "f(a);", "const a = 1; f(a);"],
    ["a variable that hides another", "const a = 1; { const b = 2; f(a); }", "const a = 1; { const a = 2; f(a); }"],
    ["properties", "a.b = { c: 1 };", "a.d = { c: 1 };"],
    ["methods", "f({ a() { } }, class { b() { } static c = 1; });", "f({ a() { } }, class { b() { } static d = 1; });"],
    ["patterns", "const { a } = o; f(a);", "const { b: a } = o; f(a);"],
    ["`eval`", "const a = 1; eval('a');", "const b = 1; eval('a');"],
    ["`with`", "var a = 1; with (o) { f(a); }", "var b = 1; with (o) { f(b); }"],
    ["`arguments`", "function f() { var arguments; use(arguments); }", "function f() { var b; use(b); }"],
    ["flows", "ln.flow(async function ingest(key) { });", "ln.flow(async function load(key) { });"],
    [
      "parameters of flows",
      "export const f = flow(async (key, n = 1, ...rest) => { use(key); });",
      "export const f = flow(async (name, n = 1, ...rest) => { use(name); });",
    ],
    [
      "the others of their parameters",
      "ln.step((key, n = 1, ...rest) => { });",
      "ln.step((key, m = 1, ...rest) => { });",
    ],
    [
      "the rest of their parameters",
      "ln.step((key, n = 1, ...rest) => { });",
      "ln.step((key, n = 1, ...more) => { });",
    ],
    ["steps declared before", "async function a(b) { } ln.step(a);", "async function c(b) { } ln.step(c);"],
    [
      "parameters of steps declared before",
      "const a = (b) => { }; ln.step({ key: 1 }, a as any);",
      "const a = (c) => { }; ln.step({ key: 1 }, a as any);",
    ],
    [
      "flows by another name",
      `import { flow as f } from "lineal"; f(function a() { });`,
      `import { flow as f } from "lineal"; f(function b() { });`,
    ],
  ])("in %s", async (_, one, other) => {
    expect(await hash(other)).not.toBe(await hash(one));
  });

  test("in names that JSX sees", async () => {
    const [one, other] = ["const A = f(); use(<A />);", "const B = f(); use(<A />);"];
    expect(await astHash(one, "x.jsx")).not.toBe(await astHash(other, "x.jsx"));
  });
});

/** Each `_` becomes one of two names, in every way. The text of a module, or of a script that is not strict. */
const skeletons: [kind: "any" | "script", text: string][] = [
  ["any", "let _ = 1; switch (log(_)) { default: let _ = 2; log(_); } log(_);"],
  ["any", "function _(_) { return 1; } function _(_) { return 2; } log(_());"],
  ["any", "function f(_) { var _; log(_); } f(1);"],
  ["any", "function f(_) { function _() { } log(typeof _); log(typeof _); } f(1);"],
  ["any", "let _ = 1; function f(_, g = () => _) { var _ = 2; log(_, g()); } f(3);"],
  ["any", "let _ = 1; function f(g = () => _) { var _ = 2; log(_, g()); } f();"],
  ["any", "let _ = 1; const o = { [_](_) { log(_); } }; o[1]?.(2);"],
  ["any", "let _ = 1; class C { [_](_) { log(_); } static x = _; } new C()[1]?.(2); log(C.x);"],
  ["any", "var _ = 1; (function _(_) { log(typeof _); })(2); (function _() { var _; log(typeof _); })();"],
  ["any", "class _ { static m() { return typeof _; } } const C = _; _ = 1; log(C.m(), typeof _);"],
  ["any", "let _ = Object; new (class _ extends _ { m() { log(typeof _); } })().m();"],
  ["any", "let _ = 1; try { throw 2; } catch (_) { var b = 3; log(_); } log(_);"],
  ["any", "function f() { try { throw 1; } catch (_) { var _ = 2; log(_); } log(_); } f();"],
  ["any", "for (let _ of [1]) { let _ = 2; log(_); } log(_);"],
  ["any", "let _ = [1]; for (const _ of _) log(_);"],
  ["any", "function f() { for (var _ of [1]) { log(_); } log(_); } f();"],
  ["any", "const { k: _ = 1, z: _ = _ } = { }; log(_);"],
  ["any", "var _ = 1; function f() { log(_); var _ = 2; } f(); log(_);"],
  ["any", "let _ = 1; { log(_); let _ = 2; log(_); }"],
  ["any", "let _ = 1; log(JSON.stringify({ _ }), JSON.stringify({ a: _ }));"],
  ["any", "class C { static { var _ = 1; log(_); } } log(_);"],
  ["any", "_: for (const i of [1, 2]) _: for (;;) { log(i); break _; }"],
  ["any", "_: { _: { break _; } log(1); } log(2);"],
  [
    "any",
    "class A { #_ = 1; m() { return class { #_ = 2; static has(o) { return [#_ in o, #_ in new this()]; } }; } } const a = new A(); log(a.m().has(a));",
  ],
  [
    "any",
    "class A { #_ = 1; m() { log(#_ in this); return class extends (log(#_ in this), Object) { #_ = 2; k = log(#_ in this); }; } } new (new A().m())();",
  ],
  ["script", "var _ = 1; { function _() { } log(typeof _); } log(typeof _);"],
  ["script", "var _ = 1; { let _ = 2; { function _() { } } log(typeof _); } log(typeof _);"],
  ["script", "function f(_) { if (true) { function _() { } } log(typeof _); } f(1);"],
  ["script", "if (true) function _() { } log(typeof _);"],
  ["script", "switch (1) { default: function _() { } } log(typeof _);"],
  ["script", "try { throw 1; } catch (_) { { function _() { } } log(typeof _); } log(typeof _);"],
  ["script", "let _ = 1; function f() { eval('var a = 2'); return () => _; } log(f()());"],
  ["script", "let _ = 1; with ({ a: 2 }) { let _ = 3; log(_); (() => log(_))(); }"],
  ["script", "function f(_) { _ = 2; log(arguments[0], _); } f(1);"],
];

/** There before every program. */
const globals = { a: "global a", b: "global b" };

test.each(skeletons)("programs with one hash do the same (%s): %s", async (kind, text) => {
  const parts = text.split("_");
  const ways = Array.from({ length: 2 ** (parts.length - 1) }, (_, way) =>
    parts.reduce((made, part, i) => made + ((way >> (i - 1)) & 1 ? "a" : "b") + part),
  );
  for (const strict of kind === "any" ? [true, false] : [false]) {
    const traces = new Traces(globals);
    for (const way of ways) await traces.add(way, strict);
    expect(traces.hashes).toBeGreaterThan(1);
  }
});

/** A program of nested scopes; a use is a number that picks one of the variables in sight. */
type Part = {
  kind: "const" | "var" | "function" | "arrow" | "block" | "loop" | "catch" | "class" | "use";
  use: number;
  inside: Part[];
};

const part = fc.memo(
  (depth): fc.Arbitrary<Part> =>
    fc.record({
      kind: fc.constantFrom(
        ...(["const", "var", "use"] as const),
        ...(depth > 1 ? (["function", "arrow", "block", "loop", "catch", "class"] as const) : []),
      ),
      use: fc.nat(100),
      inside: depth > 1 ? fc.array(part(depth - 1), { maxLength: 3 }) : fc.constant([]),
    }),
);

/** Its text. `name` names the variable that was declared as `serial`, with `visible` others in sight (a `var` is in sight of all). */
function print(
  parts: Part[],
  name: (serial: number, visible: number) => string,
  other = -1,
): { text: string; uses: number[] } {
  let [serial, at] = [0, 0];
  const uses: number[] = [];
  const list = (inside: Part[], visible: string[]): string => {
    const here = [...visible];
    return inside.map((it) => one(it, here)).join(" ");
  };
  const declared = (here: string[], visible = here.length): string => {
    const made = name(serial++, visible);
    here.push(made);
    return made;
  };
  const used = (use: number, here: string[]): string => {
    uses.push(here.length);
    return `use(${here[(use + (at++ === other ? 1 : 0)) % here.length] ?? "nothing"});`;
  };
  const one = ({ kind, use, inside }: Part, here: string[]): string => {
    switch (kind) {
      case "use":
        return used(use, here);
      case "const":
      case "var": {
        const value = used(use, here).slice(0, -1);
        return `${kind} ${declared(here, kind === "var" ? 1000 + serial : undefined)} = ${value};`;
      }
      case "block":
        return `{ ${list(inside, here)} }`;
      case "function": {
        const [called, own] = [declared(here), [...here]];
        const [first, second] = [declared(own), declared(own)];
        // Functions that do the same stand for each other.
        return `function ${called}(${first}, { k: ${second} = ${first} }) { mark(${serial}); ${list(inside, own)} }`;
      }
      default: {
        const own = [...here];
        const mine = declared(own);
        const body = list(inside, own);
        if (kind === "arrow") return `use((${mine}) => { ${body} });`;
        if (kind === "loop") return `for (const ${mine} of []) { ${body} }`;
        if (kind === "catch") return `try { } catch (${mine}) { ${body} }`;
        return `use(class ${mine} { m() { ${body} } });`;
      }
    }
  };
  return { text: `import "m"; function all() { ${list(parts, [])} }`, uses };
}

test("any renaming keeps the hash, any other variable in the place of one changes it", async () => {
  const programs = fc.tuple(
    fc.array(part(4), { minLength: 1, maxLength: 4 }),
    fc.nat(1000),
    fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1 }),
  );
  await fc.assert(
    fc.asyncProperty(programs, async ([parts, pick, words]) => {
      const plain = print(parts, (serial) => `v${serial}`);
      const expected = await hash(plain.text);
      expect(await hash(print(parts, (serial) => `${words[serial % words.length] ?? ""}_${serial}`).text)).toBe(
        expected,
      );
      // Names are used again where the first is out of sight.
      expect(await hash(print(parts, (_, visible) => `n${visible}`).text)).toBe(expected);
      const changeable = plain.uses.flatMap((visible, i) => (visible > 1 ? [i] : []));
      const place = changeable[pick % changeable.length];
      if (place !== undefined)
        expect(await hash(print(parts, (serial) => `v${serial}`, place).text)).not.toBe(expected);
    }),
    { numRuns: 300 },
  );
});
