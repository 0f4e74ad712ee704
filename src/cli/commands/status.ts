/** `lineal status`: which outputs are out of date, and why; exit code 1 when any is. */

import type { Artifact } from "../../registries/index.ts";
import { type Status, status } from "../../registries/staleness.ts";
import { chainText, fitted } from "../chain.ts";
import { command, Misuse } from "../command.ts";
import { paint } from "../print.ts";
import { findRecord } from "../reference.ts";

export const definition = command({
  summary: "say which outputs are out of date, and why; exits with 1 when any is",
  arguments: { refs: { doc: "artifacts: uids, beginnings of uids, keys or URLs", rest: true, optional: true } },
  options: { all: { type: "boolean", doc: "every latest output of the instance" } },
  examples: ["lineal status figures/penguins.png", "lineal status --all"],
  async run({ args, options }) {
    if (options.all === args.refs.length > 0) throw new Misuse(options.all ? "give references or --all, not both" : "give a reference, or --all", "for example lineal status --all");
    const found: Status[] = options.all ? await status() : [];
    for (const ref of args.refs) {
      const artifact = (await findRecord(ref, ["Artifact"])).record as unknown as Artifact;
      found.push({ uid: artifact.uid, key: artifact.key, ...(await artifact.staleness()) });
    }
    const stale = found.filter((one) => one.stale);
    const shown = options.all ? stale : found;
    const lines = shown.flatMap((one) => [
      `${one.stale ? paint("yellow", "stale") : paint("green", "fresh")}  ${one.key ?? one.uid}`,
      ...one.reasons.map((reason) => `${fitted(`${reason.code}: ${reason.detail}`, 7)}\n       ${paint("dim", chainText(reason.chain))}`),
    ]);
    const sum = `${found.length} looked at, ${stale.length} stale`;
    return { text: [...lines, ...(found.length > 1 || options.all ? [sum] : [])].join("\n"), json: !options.all && found.length === 1 ? found[0] : { items: found, total: found.length }, exitCode: stale.length > 0 ? 1 : 0 };
  },
});
