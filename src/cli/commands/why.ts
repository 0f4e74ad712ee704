/** `lineal why`: the first things upstream in which two artifacts differ. */

import type { Artifact } from "../../registries/index.ts";
import { labelsOf } from "../../registries/labels.ts";
import type { Difference } from "../../lineage/why.ts";
import { why } from "../../registries/why.ts";
import { chainText, nameText, pairText } from "../chain.ts";
import { command } from "../command.ts";
import { DATA, findRecord } from "../reference.ts";

const SAYS: Readonly<Record<Difference["what"], string>> = {
  input: "another input",
  code: "other code",
  transform: "another transform",
  entrypoint: "another function of the same file",
  params: "other parameters",
  arguments: "other arguments on the command line",
  environment: "another environment",
  maker: "only one was made by a run",
  run: "they are two outputs of the same run",
  chance: "all that is known is the same: chance, time, or what is not tracked",
};
/** Where `a` and `b` are uids. */
const UIDS: readonly Difference["what"][] = ["input", "code", "transform", "maker", "run", "chance"];

export const definition = command({
  summary: "say why two artifacts (or collections, or records) differ: the first things upstream that do",
  arguments: { a: { doc: "uid, beginning of a uid, key or URL" }, b: { doc: "another one" } },
  options: {},
  examples: ["lineal why LbrG9IibAk3fQx0z0000 LbrG9IibAk3fQx0z0001"],
  async run({ args }) {
    const [a, b] = [(await findRecord(args.a, DATA)).record, (await findRecord(args.b, DATA)).record] as unknown as [Artifact, Artifact];
    const answer = await why(a, b);
    return { text: async () => (answer.same ? "they have the same bytes" : await differencesText(answer.differences)), json: answer };
  },
});

async function differencesText(differences: readonly Difference[]): Promise<string> {
  const labelOf = await labelsOf(differences.flatMap(({ a, b, chain }) => [a ?? "", b ?? "", ...chain]));
  const lines: string[] = [];
  differences.forEach(({ what, name, a, b, chain }, i) => {
    // A module that is imported on demand has no uid, but a hash.
    const short = (text: string | null): string => (text === null ? "none" : text.length === HASH ? text.slice(0, 8) : UIDS.includes(what) ? nameText(labelOf(text)) : text);
    const [before, after] = [differences[i - 1], differences[i + 1]];
    const goesOn = (other: Difference | undefined): boolean => other?.what === what && other.chain.join() === chain.join();
    if (!goesOn(before)) lines.push(`${what}: ${SAYS[what]}`);
    lines.push(what === "run" ? `  ${short(a)}` : pairText(name === undefined ? "  " : `  ${nameText(name)}: `, short(a), short(b)));
    if (!goesOn(after)) lines.push(`  by ${chainText(chain, labelOf, 5).trimStart()}`);
  });
  return lines.join("\n");
}

/** Hexadecimal digits of SHA-256. */
const HASH = 64;
