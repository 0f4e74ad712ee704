/** Where function declarations stand: in another order they are the same program, anything else about them is another. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hash, Traces } from "./programs.ts";

describe("the same program", () => {
  test.each([
    [
      "before and after their use",
      "import 'm'; function f() { return 1; } use(f);",
      "import 'm'; use(f); function f() { return 1; }",
    ],
    [
      "among each other",
      "use(a(), b()); function a() { return 1; } function b() { return a(); }",
      "use(a(), b()); function b() { return a(); } function a() { return 1; }",
    ],
    [
      "with other names as well",
      "use(a(), b()); function a() { return 1; } function b() { return a(); }",
      "use(b(), a()); function a() { return b(); } function b() { return 1; }",
    ],
    [
      "that are exported",
      "export function a() { return b(); } function b() { } export default function c() { }",
      "export default function x() { } function y() { } export function a() { return y(); }",
    ],
    [
      "that are exported elsewhere",
      "export { a, b }; function a() { return 1; } function b() { return 2; }",
      "function b() { return 2; } function a() { return 1; } export { b, a };",
    ],
    [
      "in a function",
      "use(() => { return a() + b(); function a() { return 1; } function b() { return 2; } });",
      "use(() => { function b() { return 2; } function a() { return 1; } return a() + b(); });",
    ],
    [
      "in a block of a module",
      "import 'm'; if (x) { a(); b(); function a() { } function b() { c(); } }",
      "import 'm'; if (x) { function b() { c(); } function a() { } a(); b(); }",
    ],
    [
      "at several depths",
      "use(f, g, h); function f() { function p() { g(); } function q() { h(); } p(); q(); } function g() { return 1; } function h() { return 2; }",
      "function h() { return 2; } function g() { return 1; } function f() { p(); function q() { h(); } q(); function p() { g(); } } use(f, g, h);",
    ],
    [
      "imports of packages, and of built-in modules anywhere",
      'import { b } from "b"; import { x } from "./x.ts"; import fs from "node:fs"; use(b, x, fs);',
      'import files from "node:fs"; import { b as c } from "b"; import { x } from "./x.ts"; use(c, x, files);',
    ],
    [
      "with types between",
      "use(a, b); function a(): T { return 1; } type T = 1; function b() { }",
      "type T = 2; function b(): void { } use(a, b); function a() { return 1; }",
    ],
  ])("%s", async (_, one, other) => {
    expect(await hash(other)).toBe(await hash(one));
  });
});

describe("another program", () => {
  test.each([
    [
      "two of one name",
      "use(a()); function a() { return 1; } function a() { return 2; }",
      "use(a()); function a() { return 2; } function a() { return 1; }",
    ],
    ["in a block outside of modules", "{ function a() { } use(a); } use(a);", "{ use(a); function a() { } } use(a);"],
    [
      "imports of a file and a package",
      'import { s } from "./setup.ts"; import { a } from "p"; use(s, a);',
      'import { a } from "p"; import { s } from "./setup.ts"; use(s, a);',
    ],
    [
      "imports of files by URL",
      'import { a } from "file:///x/a.ts"; import { b } from "file:///x/b.ts"; use(a, b);',
      'import { b } from "file:///x/b.ts"; import { a } from "file:///x/a.ts"; use(a, b);',
    ],
    [
      "imports of files",
      'import { x } from "./x.ts"; import { y } from "./y.ts"; use(x, y);',
      'import { y } from "./y.ts"; import { x } from "./x.ts"; use(x, y);',
    ],
    [
      "imports around one that only runs",
      'import { a } from "a"; import "m"; import { b } from "b"; use(a, b);',
      'import { b } from "b"; import "m"; import { a } from "a"; use(a, b);',
    ],
    [
      "function expressions",
      "const a = () => b; const b = f(a); use(a, b);",
      "const b = f(a); const a = () => b; use(a, b);",
    ],
    [
      "calls",
      "import 'm'; a(); b(); function a() { } function b() { return 1; }",
      "import 'm'; b(); a(); function a() { } function b() { return 1; }",
    ],
    [
      "which is called",
      "use(a()); function a() { return 1; } function b() { return 2; }",
      "use(b()); function a() { return 1; } function b() { return 2; }",
    ],
    [
      "exported names that are swapped",
      "export function a() { return 1; } export function b() { return 2; }",
      "export function b() { return 1; } export function a() { return 2; }",
    ],
    [
      "classes",
      "use(A, B); class A { static x = f(); } class B { static x = g(); }",
      "use(A, B); class B { static x = g(); } class A { static x = f(); }",
    ],
    [
      "names that are looked at",
      "use(a.name, b); function a() { return 1; } function b() { return 2; }",
      "use(b.name, a); function b() { return 1; } function a() { return 2; }",
    ],
    [
      "what another scope means by the name",
      "use(f()); function f() { return g(); function g() { return 1; } } function g() { return 2; }",
      "use(f()); function f() { return g(); } function g() { return 2; } function h() { return 1; }",
    ],
  ])("%s", async (_, one, other) => {
    expect(await hash(other)).not.toBe(await hash(one));
  });

  test("names count in whatever order the functions stand", async () => {
    const [one, other] = [
      "use(a.name, b); function a() { return 1; } function b() { return 2; }",
      "function b() { return 2; } use(a.name, b); function a() { return 1; }",
    ];
    expect(await hash(other)).toBe(await hash(one));
  });
});

/** Functions that call each other and hold functions, the calls of a program, and how all of it is shuffled and called. */
const program = fc.record({
  functions: fc.array(
    fc.record({
      calls: fc.array(fc.nat(20), { maxLength: 3 }),
      inner: fc.array(fc.array(fc.nat(20), { maxLength: 2 }), { maxLength: 3 }),
      exported: fc.boolean(),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  calls: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
  seed: fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
  changed: fc.nat(20),
  names: fc.constantFrom("f", "g"),
});
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

/** Every function is called by the program or exported. `value` is what a function adds. */
function print(
  { functions, calls, seed, names }: Program,
  isShuffled: boolean,
  value = (i: number): number => i % 2,
): string {
  let at = 0;
  const shuffled = (items: string[]): string =>
    (isShuffled
      ? items.map((item) => [seed[at++ % seed.length] ?? 0, item] as const).sort(([a], [b]) => a - b)
      : items.map((item) => [0, item] as const)
    )
      .map(([, item]) => item)
      .join("\n");
  const name = (i: number): string =>
    (functions[i % functions.length]?.exported ? "e" : isShuffled ? names : "f") + (i % functions.length);
  const texts = functions.map(({ calls: called, inner, exported }, i) => {
    const local = (k: number): string => `${isShuffled ? names : "f"}_${k}`;
    const within = inner.map(
      (some, k) =>
        `function ${local(k)}() { return [${some.map((one) => `${one % 2 ? local(one % inner.length) : name(one)}()`).join(", ")}, ${k}]; }`,
    );
    const statement = `return [${[...called.map(name), ...inner.map((_, k) => local(k))].map((one) => `${one}()`).join(", ")}, ${value(i)}];`;
    return `${exported ? "export " : ""}function ${name(i)}() { ${shuffled([statement, ...within])} }`;
  });
  const run = [...calls, ...functions.keys()]
    .filter((i) => !functions[i % functions.length]?.exported || calls.includes(i))
    .map((i) => `use(${name(i)});`);
  return `import "m";\n${shuffled([run.join(" "), ...texts])}`;
}

test("any order of functions, under any names, has one hash; any change of a body another", async () => {
  await fc.assert(
    fc.asyncProperty(program, async (made) => {
      const plain = await hash(print(made, false));
      expect(await hash(print(made, true))).toBe(plain);
      const place = made.changed % made.functions.length;
      expect(await hash(print(made, true, (i) => (i === place ? 7 : i % 2)))).not.toBe(plain);
    }),
    { numRuns: 500 },
  );
});

const orders = (items: readonly string[]): string[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, i) => orders(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));

test.each([
  ["function a() { return 1; }", "function b() { return a(); }", "log(typeof a, typeof b);", "log(a(), b());"],
  ["function a() { return 1; }", "function a() { return 2; }", "function b() { return a() + 1; }", "log(a(), b());"],
  ["function a() { return 1; }", "var a = 3;", "function b() { return typeof a; }", "log(b());", "log(typeof a);"],
  ["function a() { return typeof b; }", "let b = 1;", "function c() { return a() + b; }", "log(c());"],
  ["function a() { function b() { return 1; } return b(); }", "function b() { return 2; }", "log(a(), b());", "b = a;"],
  [
    "function a() { return 1; }",
    "{ log(typeof a); function a() { return 2; } log(a()); }",
    "function b() { return a(); }",
    "log(a(), b());",
  ],
])("programs with one hash do the same: %s %s %s", async (...pieces) => {
  for (const isStrict of [true, false]) {
    const traces = new Traces();
    for (const order of orders(pieces)) {
      for (const frame of [
        "_",
        "{ _ }",
        "log(typeof a); if (1) { _ } log(typeof a, typeof b);",
        "for (const i of [1, 2]) { _ }",
      ]) {
        const text = frame.replace("_", order.join(" "));
        for (const body of [text, text.replace(/\b[ab]\b/g, (name) => (name === "a" ? "b" : "a"))]) {
          await traces.add(body, isStrict);
        }
      }
    }
    expect(traces.hashes).toBeLessThan(Math.max(1, traces.found));
  }
});
