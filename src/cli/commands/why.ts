/** `lineal why`: the first things upstream in which two artifacts differ. */

import type { Artifact } from "../../registries/index.ts";
import { why } from "../../registries/why.ts";
import { command } from "../command.ts";
import { chainText } from "../chain.ts";
import { findRecord } from "../reference.ts";

const SAYS = {
  input: "another input",
  code: "other code",
  transform: "another transform",
  params: "other parameters",
  environment: "other packages",
  maker: "only one was made by a run",
  chance: "all else is the same: chance, time, or something that is not tracked",
} as const;

export const definition = command({
  summary: "say why two artifacts differ: the first things upstream that do",
  arguments: { a: { doc: "uid, beginning of a uid, key or URL" }, b: { doc: "another one" } },
  options: {},
  examples: ["lineal why LbrG9IibAk3fQx0z0000 LbrG9IibAk3fQx0z0001"],
  async run({ args }) {
    const [a, b] = [(await findRecord(args.a, ["Artifact"])).record, (await findRecord(args.b, ["Artifact"])).record] as unknown as [Artifact, Artifact];
    const answer = await why(a, b);
    const short = (text: string | null): string => (text === null ? "none" : text.length > 34 ? `${text.slice(0, 33)}…` : text);
    const lines = answer.differences.flatMap(({ what, a: left, b: right, chain }) => [`${what}: ${SAYS[what]}`, `  ${short(left)} → ${short(right)}`, `  by ${chainText(chain)}`]);
    return { text: answer.same ? "they have the same bytes" : lines.join("\n"), json: answer };
  },
});
