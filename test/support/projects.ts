/** Which project of the test runner a test file belongs to: what it and its helpers import says so. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** `process` starts processes, `database` opens databases, `unit` does neither. */
export type Project = "unit" | "database" | "process";

/** A test file belongs to the first project of which it reaches a mark. */
const marks: readonly (readonly [Project, RegExp])[] = [
  ["process", /^node:child_process$/],
  ["database", /\/test\/support\/(postgres|cli)\.ts$|\/src\/db\/(open|sqlite|postgres)\.ts$/],
];

/** The test files below a folder by project, relative to `root`. */
export function projectsOf(root: string, folder = "test"): Record<Project, string[]> {
  const files: Record<Project, string[]> = { unit: [], database: [], process: [] };
  const reached = new Map<string, ReadonlySet<string>>();
  for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort()) {
    if (!name.endsWith(".test.ts")) continue;
    const path = join(root, folder, name);
    const modules = [...reachedFrom(path, reached)];
    const project = marks.find(([, mark]) => modules.some((one) => mark.test(one)))?.[0] ?? "unit";
    files[project].push(relative(root, path).replaceAll("\\", "/"));
  }
  return files;
}

/** Everything that a test file imports, itself or through its helpers; imports of types do not count. */
function reachedFrom(path: string, known: Map<string, ReadonlySet<string>>): ReadonlySet<string> {
  const before = known.get(path);
  if (before) return before;
  const found = new Set<string>();
  known.set(path, found); // A circle ends here.
  for (const name of importsOf(readFileSync(path, "utf8"))) {
    const target = name.startsWith(".") ? resolve(dirname(path), name) : name;
    found.add(target.replaceAll("\\", "/"));
    // What the code itself imports says nothing: all of it can reach the databases.
    if (target !== name && !/[\\/]src[\\/]/.test(target) && target.endsWith(".ts") && existsSync(target))
      for (const further of reachedFrom(target, known)) found.add(further);
  }
  return found;
}

/** The modules that a source imports or re-exports, at its top or later; not those of which it takes types alone. */
export function importsOf(text: string): string[] {
  const statement =
    /^(?:import|export)\s+(?!type\b)(?:[\w*\s{},$]+?\sfrom\s+)?["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']\s*\)/gm;
  return [...text.matchAll(statement)].map(([, fixed, lazy]) => (fixed ?? lazy) as string);
}
