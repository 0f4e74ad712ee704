/** Imports and code hashes of source text. */

import { describe, expect, test } from "vitest";
import { astHash, isCode, parseExpression, staticImports } from "../../src/code/syntax.ts";

describe("staticImports", () => {
  test("tells the kinds apart", async () => {
    const text = `
      import a from "./a.ts";
      import "./effect.ts";
      import type { B } from "./b.ts";
      import { type C } from "./c.ts";
      export { d } from "./d.ts";
      export type { E } from "./e.ts";
      export * from "./f.ts";
      export type * from "./g.ts";
      const h: import("./h.ts").H = await import("./i.ts");
      import(\`./j.ts\`);
      import(\`./\${h}.ts\`);
      const k = require("./k.cjs");
      import l = require("./l.cjs");
      new URL("./beside.ts", import.meta.url);
      new URL("./not.ts", "https://example.org");
      // import "./comment.ts"
      const text = 'import "./text.ts"';
    `;
    expect(await staticImports(text, "x.ts")).toEqual([
      { specifier: "./a.ts", kind: "static" },
      { specifier: "./effect.ts", kind: "static" },
      { specifier: "./b.ts", kind: "type" },
      { specifier: "./c.ts", kind: "static" },
      { specifier: "./d.ts", kind: "static" },
      { specifier: "./e.ts", kind: "type" },
      { specifier: "./f.ts", kind: "static" },
      { specifier: "./g.ts", kind: "type" },
      { specifier: "./h.ts", kind: "type" },
      { specifier: "./i.ts", kind: "dynamic" },
      { specifier: "./j.ts", kind: "dynamic" },
      { specifier: "./k.cjs", kind: "require" },
      { specifier: "./l.cjs", kind: "require" },
      { specifier: "./beside.ts", kind: "url" },
    ]);
  });

  test("reads attributes, JSX, decorators, `using` and top-level return", async () => {
    expect(await staticImports(`import x from "./x.json" with { type: "json" };`, "x.mjs")).toEqual([
      { specifier: "./x.json", kind: "static" },
    ]);
    expect(await staticImports(`import "./a"; const b = <div>{1}</div>;`, "x.tsx")).toHaveLength(1);
    expect(await staticImports(`import "./a"; const b = <div />;`, "x.js")).toHaveLength(1);
    expect(await staticImports(`import "./a"; const b = <string>c;`, "x.ts")).toHaveLength(1);
    expect(
      await staticImports(`import "./a"; @dec class A { @dec accessor b = 1 } await using c = d();`, "x.ts"),
    ).toHaveLength(1);
    expect(await staticImports(`#!/usr/bin/env node\nconst a = require("./a"); return;`, "x.cjs")).toHaveLength(1);
  });

  test("finds those of code that is nested too deeply for a hash", async () => {
    // A chain of members is read in a loop, and is a tree as deep as it is long.
    const text = `const long = a${".b".repeat(20_000)}; import "./a.ts";`;
    expect(await staticImports(text, "x.ts")).toEqual([{ specifier: "./a.ts", kind: "static" }]);
    expect(await astHash(text, "x.ts")).toBeUndefined();
  });

  test("finds none in text that does not parse", async () => {
    expect(await staticImports(`import "./a"; const = 3`, "x.ts")).toEqual([]);
  });
});

describe("astHash", () => {
  const base = `export function add(a: number, b: string | undefined) { const text = "x"; if (a > 1) { return [a, { b: text }]; } return null; }`;

  test.each([
    ["comments", base.replace("{ const", "{ /* why */ const // note\n").concat("\n// end")],
    ["line breaks", base.replaceAll(";", ";\n\n")],
    ["quotes", base.replace(`"x"`, `'x'`)],
    ["semicolons", base.replace(`"x";`, `"x"\n`).replace("return null;", ";;return null")],
    ["parentheses", base.replace("return null", "return (null)").replace("(a > 1)", "((a) > (1))")],
    ["trailing commas", base.replace("{ b: text }]", "{ b: text, },]").replace("undefined)", "undefined,)")],
    ["type formatting", base.replace("string | undefined", "\n | string\n | (undefined)")],
    ["quoted property names", base.replace("{ b: text }", `{ "b": text }`)],
    [
      "types",
      base
        .replace("a: number", "a: bigint")
        .replace("null; }", "null as never; }")
        .replace("text = ", "text: string = "),
    ],
    [
      "local names",
      base
        .replaceAll("text", "words")
        .replace("a: number, b", "first: number, second")
        .replace("a > 1", "first > 1")
        .replace("[a,", "[first,"),
    ],
    ["braces around one statement", base.replace("{ return [a, { b: text }]; }", "return [a, { b: text }];")],
  ])("does not see %s", async (_, changed) => {
    expect(changed).not.toBe(base);
    expect(await astHash(changed, "x.ts")).toBe(await astHash(base, "x.ts"));
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
    const hash = await astHash(changed, "x.ts");
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hash).not.toBe(await astHash(base, "x.ts"));
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
    const hashes = await Promise.all(texts.map((text) => astHash(text, "x.ts")));
    expect(new Set(hashes).size).toBe(texts.length);
  });

  test.each([
    [
      "interfaces, aliases, declarations",
      `interface A { a: 1 } type B = A; declare const c: B; declare module "m" { } declare global { var g: 1 } namespace N { export type T = 1 } f();`,
      `f();`,
    ],
    [
      "`export` of types",
      `export type A = 1; export interface B { } export declare const c: 1; export default interface D { } export { type E } from "./e.ts"; f();`,
      `export {} from "./e.ts"; f();`,
    ],
    [
      "type-only imports",
      `import type { A } from "./a.ts"; import type B from "./b.ts"; import { c, type D } from "./c.ts"; export { type A, type B }; c();`,
      `import { c } from "./c.ts"; c();`,
    ],
    [
      "annotations and generics",
      `export const f = async <T extends object>(this: Window, row: T, n?: number, ...rest: T[]): Promise<T> => g<T>(row, new Map<string, T>());`,
      `export const f = async (row, n, ...rest) => g(row, new Map());`,
    ],
    [
      "assertions",
      `use((a as any)!.b, [1] as const, { a } satisfies A, <B>c, d!, f<string>); for (const e of a!) e; (a as any) = 1; a?.b!.c;`,
      `use(a.b, [1], { a }, c, d, f); for (const e of a) e; a = 1; a?.b.c;`,
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
    const hash = await astHash(typed, "x.ts");
    expect(hash).toBeDefined();
    expect(hash).toBe(await astHash(plain, "x.ts"));
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
  ])("keeps %s", async (_, one, other) => {
    const hashes = [await astHash(one, "x.ts"), await astHash(other, "x.ts")];
    expect(hashes).toEqual([expect.any(String), expect.any(String)]);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test.each([
    [
      "the order of names in an import",
      `import x, { a, b as c } from "m"; f(x, a, c);`,
      `import x, { b as c, a } from "m"; f(x, a, c);`,
    ],
    ["the order of names in an export", `const a = 1, b = 2; export { a, b };`, `const a = 1, b = 2; export { b, a };`],
    ["numeric separators", `f(1_000, 0x10, 1_0n);`, `f(1000, 16, 10n);`],
    ["templates without a hole", "f(`a`, `b${`c`}\\u0041`);", "f('a', `b${'c'}A`);"],
    [
      "braces and empty statements",
      "for (const a of b) { if (a) { c(); } else { d(); } }",
      "for (const a of b) if (a) c(); else d();;",
    ],
    ["parentheses of arrows", "f(a => a, async b => (b));", "f((a) => a, async (b,) => b)"],
  ])("does not see %s", async (_, one, other) => {
    expect(await astHash(one, "x.ts")).toBe(await astHash(other, "x.ts"));
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
    expect(new Set(await Promise.all(texts.map((text) => astHash(text, "x.ts")))).size).toBe(texts.length);
  });

  test("ignores how JSX is laid out, not what it says", async () => {
    const one = await astHash(`const a = <p><b>hello you</b></p>`, "x.tsx");
    expect(await astHash(`const a = (\n  <p>\n    <b>\n      hello you\n    </b>\n  </p>\n)`, "x.tsx")).toBe(one);
    expect(await astHash(`const a = <p><b>hello me</b></p>`, "x.tsx")).not.toBe(one);
  });

  test("is undefined for text that does not parse", async () => {
    expect(await astHash("const = 3", "x.ts")).toBeUndefined();
    expect(await astHash("def f(x): return x", "x.js")).toBeUndefined();
  });
});

test("isCode goes by suffix", () => {
  expect(["a.ts", "a.mts", "a.cjs", "a.TSX"].every(isCode)).toBe(true);
  expect(["a.json", "a.py", "ts", "a.ts.txt"].some(isCode)).toBe(false);
});

test("parseExpression waits for nothing", () => {
  expect(parseExpression("(a) => a")?.type).toBe("ArrowFunctionExpression");
  expect(parseExpression("(")).toBeUndefined();
});
