/** The examples of docstrings as one program: each is the inside of a function, with the names of the prelude at hand. */
import { join } from "node:path";
import { parse } from "@babel/parser";
import { repository } from "./repository.ts";
import { exportsOf, type SourceFile } from "./source-tree.ts";

/** One `@example`; `where` is `src/file.ts:12`. */
export interface Example {
  where: string;
  code: string;
}

/** The examples of a file, in its order. */
export function examplesOf({ path, text }: SourceFile): Example[] {
  const { comments } = parse(text, { sourceType: "module", plugins: ["typescript"] });
  return (comments ?? []).flatMap(({ type, value, loc }) => {
    if (type !== "CommentBlock" || !value.startsWith("*")) return [];
    const [before = "", ...parts] = value.split(/@example\b/);
    let line = (loc?.start.line ?? 1) + newlines(before);
    return parts.map((part) => {
      const where = `${path}:${line}`;
      line += newlines(part);
      const [own = ""] = part.split(/^\s*\*?\s*@\w/m);
      return { where, code: own.replaceAll(/^[ \t]*\* ?/gm, "").trim() };
    });
  });
}

const newlines = (text: string): number => text.split("\n").length - 1;

/**
 * A module that exports `examples`, each with its place and a function to run.
 *
 * In an example `ln` is the library; what its own file exports and what `prepare` of the prelude gives is at hand by name.
 */
export function programOf(files: readonly SourceFile[]): string {
  const path = (name: string): string => JSON.stringify(join(repository, name));
  const runs = files.flatMap((file) => {
    const exported = [...exportsOf(file).names.keys()];
    return examplesOf(file).map(({ where, code }) => {
      const own = exported.filter((name) => new RegExp(`(?<![.\\w])${name}\\b`).test(code));
      const imports = own.length > 0 ? `const { ${own.join(", ")} } = await import(${path(file.path)});\n` : "";
      return `{ where: ${JSON.stringify(where)}, async run(given: Given) {\n${imports}const { ${given.join(", ")} } = given;\n{\n${code}\n}\n} },`;
    });
  });
  return [
    `import { writeFile } from "node:fs/promises";`,
    `import * as ln from ${path("src/index.ts")};`,
    `import type { Given } from ${path("test/support/prelude.ts")};`,
    `export const examples = [\n${runs.join("\n")}\n];\n`,
  ].join("\n");
}

/** The names that the prelude gives. */
export const given = ["artifact", "graph", "raw", "figure", "lastWeek", "today", "oldFigure", "newFigure"] as const;
