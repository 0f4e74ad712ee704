/** `lineal check-lineage`: whether scripts track everything they do with files; exit code 1 when one does not. */

import { join, resolve } from "node:path";
import { checkedLanguage, checkLineage, isFolder } from "../../code/check.ts";
import { command, Misuse } from "../command.ts";
import { paint } from "../print.ts";

export const definition = command({
  summary: "say whether scripts track every file they use; exits with 1 when one does not",
  arguments: { files: { doc: "scripts: .ts, .js, .mjs or .py", rest: true } },
  options: {},
  examples: ["lineal check-lineage clean.ts", "lineal check-lineage clean.ts train.py --json"],
  async run({ args }) {
    const files = [...Map.groupBy(args.files, (file) => resolve(file)).values()].flatMap((same) => same.slice(0, 1));
    for (const file of files) {
      if (await isFolder(file)) throw new Misuse(`${file} is a folder`, `give the scripts in it: ${join(file, "*.ts")}`);
      if (checkedLanguage(file) === undefined) throw new Misuse(`${file} is no TypeScript, JavaScript or Python`, "give .ts, .js, .mjs or .py files");
    }
    const items: { file: string; isFullyTracked: boolean; missingLineage: string[] }[] = [];
    for (const file of files) items.push({ file, ...(await checkLineage(file)) });
    const lines = items.flatMap(({ file, isFullyTracked, missingLineage }) => [
      `${isFullyTracked ? paint("green", "tracked") : paint("yellow", "not fully tracked")}  ${file}`,
      ...missingLineage.map((one) => `  ${one}`),
    ]);
    return { text: lines.join("\n"), json: { items, total: items.length }, exitCode: items.every((it) => it.isFullyTracked) ? 0 : 1 };
  },
});
