/** `lineal why`: the first things upstream in which two artifacts differ. */

import type { Artifact } from "../../registries/index.ts";
import { labelsOf } from "../../registries/record/titles.ts";
import type { Difference, Why } from "../../lineage/answers/why.ts";
import { why } from "../../registries/answers/why.ts";
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
    const [a, b] = [(await findRecord(args.a, DATA)).record, (await findRecord(args.b, DATA)).record] as unknown as [
      Artifact,
      Artifact,
    ];
    const answer = await why(a, b);
    return {
      text: async () => (answer.same ? "they have the same bytes" : await differencesText(answer)),
      json: answer,
    };
  },
});

/** Groups that are shown, and differences of one of them. */
const [SHOWN, PAIRS] = [20, 40];

/** A difference, and on how many other ways upstream it was met again. */
interface Repeated extends Difference {
  again: number;
}

async function differencesText({ differences, truncated }: Why): Promise<string> {
  const distinct = new Map<string, Repeated>();
  for (const one of differences) {
    const id = JSON.stringify([one.what, one.name, one.a, one.b]);
    const known = distinct.get(id);
    if (known) known.again++;
    else distinct.set(id, { ...one, again: 0 });
  }
  const sameGroup = (one: Repeated, other: Repeated | undefined): boolean =>
    other?.what === one.what && other.again === one.again && other.chain.join() === one.chain.join();
  const groups: [Repeated, ...Repeated[]][] = [];
  for (const one of distinct.values()) {
    const last = groups.at(-1);
    if (last && sameGroup(one, last[0])) last.push(one);
    else groups.push([one]);
  }
  const shown = groups.slice(0, SHOWN);
  const labelOf = await labelsOf(shown.flat().flatMap(({ a, b, chain }) => [a ?? "", b ?? "", ...chain]));
  const lines = shown.flatMap((group) => groupLines(group, labelOf));
  const more = groups.length - shown.length;
  return [
    ...lines,
    ...(more > 0
      ? [`… ${more.toLocaleString("en")} more${truncated ? ", and others further away" : ""}: --json lists them`]
      : []),
  ].join("\n");
}

function groupLines(group: readonly [Repeated, ...Repeated[]], labelOf: (uid: string) => string): string[] {
  const [{ what, chain, again }] = group;
  // A module that is imported on demand has no uid, but a hash.
  const short = (text: string | null): string =>
    text === null
      ? "none"
      : text.length === HASH
        ? text.slice(0, 8)
        : UIDS.includes(what)
          ? nameText(labelOf(text))
          : text;
  const pairs = group.map(({ name, a, b }) =>
    what === "run"
      ? `  ${short(a)}`
      : pairText(name === undefined ? "  " : `  ${nameText(name)}: `, short(a), short(b)),
  );
  const cut =
    pairs.length > PAIRS
      ? [...pairs.slice(0, PAIRS), `  … ${(pairs.length - PAIRS).toLocaleString("en")} more`]
      : pairs;
  return [
    `${what}: ${SAYS[what]}`,
    ...cut,
    `  by ${chainText(chain, labelOf, 5).trimStart()}`,
    ...(again > 0 ? [`  and ${again.toLocaleString("en")} ${again === 1 ? "other way" : "other ways"}`] : []),
  ];
}

/** Hexadecimal digits of SHA-256. */
const HASH = 64;
