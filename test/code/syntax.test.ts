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
      new URL("./not.ts", import.meta.url);
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
    ]);
  });

  test("reads attributes, JSX, decorators, `using` and top-level return", async () => {
    expect(await staticImports(`import x from "./x.json" with { type: "json" };`, "x.mjs")).toEqual([{ specifier: "./x.json", kind: "static" }]);
    expect(await staticImports(`import "./a"; const b = <div>{1}</div>;`, "x.tsx")).toHaveLength(1);
    expect(await staticImports(`import "./a"; const b = <div />;`, "x.js")).toHaveLength(1);
    expect(await staticImports(`import "./a"; const b = <string>c;`, "x.ts")).toHaveLength(1);
    expect(await staticImports(`import "./a"; @dec class A { @dec accessor b = 1 } await using c = d();`, "x.ts")).toHaveLength(1);
    expect(await staticImports(`#!/usr/bin/env node\nconst a = require("./a"); return;`, "x.cjs")).toHaveLength(1);
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
  ])("does not see %s", async (_, changed) => {
    expect(changed).not.toBe(base);
    expect(await astHash(changed, "x.ts")).toBe(await astHash(base, "x.ts"));
  });

  test.each([
    ["names", base.replaceAll("text", "words")],
    ["numbers", base.replace("> 1", "> 2")],
    ["strings", base.replace(`"x"`, `"y"`)],
    ["operators", base.replace("a > 1", "a >= 1")],
    ["order", base.replace("[a, {", "[{").replace("}]", "}, a]")],
    ["types", base.replace("a: number", "a: bigint")],
    ["holes", base.replace("[a, {", "[a, , {")],
    ["modifiers", base.replace("export function", "export async function")],
  ])("sees a change of %s", async (_, changed) => {
    expect(changed).not.toBe(base);
    const hash = await astHash(changed, "x.ts");
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hash).not.toBe(await astHash(base, "x.ts"));
  });

  test("tells grouping, bigints, templates and regular expressions apart", async () => {
    const texts = ["a * (b + c)", "a * b + c", "1n", "2n", "1", "`a${b}`", "`b${b}`", "/a/g", "/a/i", "(a, b)", "-a", "+a"];
    const hashes = await Promise.all(texts.map((text) => astHash(text, "x.ts")));
    expect(new Set(hashes).size).toBe(texts.length);
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
