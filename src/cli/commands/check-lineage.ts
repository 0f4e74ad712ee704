/** `lineal check-lineage`: whether scripts track everything they do with files; exit code 1 when one does not, or cannot be read. */

import { resolve } from "node:path";
import { checkLineage, type LineageCheck } from "../../code/check.ts";
import { LinealError } from "../../ground/errors.ts";
import { fitted } from "../chain.ts";
import { command } from "../command.ts";
import { paint } from "../print.ts";

const words = {
  tracked: () => paint("green", "tracked"),
  untracked: () => paint("yellow", "not fully tracked"),
  error: () => paint("red", "error"),
};

export const definition = command({
  summary:
    "say whether scripts track every file they use; exits with 1 when one does not. It looks at paths that are written in the script, joined or kept in variables, and at its own functions one level deep; not at paths known only when it runs, other modules, and programs that it starts",
  arguments: { files: { doc: "scripts: .ts, .js, .mjs or .py", rest: true } },
  options: {},
  examples: ["lineal check-lineage clean.ts", "lineal check-lineage clean.ts train.py --json"],
  async run({ args }) {
    const files = [...Map.groupBy(args.files, (file) => resolve(file)).values()].flatMap((same) => same.slice(0, 1));
    const items: ({ file: string } & LineageCheck)[] = [];
    let misused: LinealError | undefined;
    for (const file of files) {
      items.push({
        file,
        ...(await checkLineage(file).catch((error: unknown): LineageCheck => {
          if (!(error instanceof LinealError) || error.code !== "invalid") throw error;
          misused = error;
          return { status: "error", isFullyTracked: false, missingLineage: [error.message], error };
        })),
      });
    }
    if (misused && items.length === 1) throw misused;
    const lines = items.flatMap(({ file, status, missingLineage, error }) => [
      `${words[status]()}  ${file}`,
      ...missingLineage.map((one) => `  ${one}`),
      ...(error?.hint === undefined ? [] : [paint("dim", fitted(error.hint, 2))]),
    ]);
    return {
      text: lines.join("\n"),
      json: { items, total: items.length },
      exitCode: misused ? 2 : items.every((it) => it.isFullyTracked) ? 0 : 1,
    };
  },
});
