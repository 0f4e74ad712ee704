/** What files of JavaScript and TypeScript import. */
import { describe, expect, test } from "vitest";
import { importsIn } from "../../src/code/imports.ts";
import { parseJavaScript } from "../../src/code/javascript.ts";

const staticImports = async (text: string, path: string) => importsIn(await parseJavaScript(text, path));

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
      { specifier: "./c.ts", kind: "static" },
      { specifier: "./d.ts", kind: "static" },
      { specifier: "./f.ts", kind: "static" },
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
  });
});
