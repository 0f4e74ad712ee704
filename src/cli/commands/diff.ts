/** `lineal diff`: in what two runs differ. */

import { type Changed, differing } from "../../lineage/answers/differences.ts";
import type { Run } from "../../registries/index.ts";
import { diff, type RunDifference } from "../../registries/answers/diff.ts";
import { model, REVISION_LENGTH } from "../../model/index.ts";
import { nameText, pairText, valueText } from "../chain.ts";
import { command } from "../command.ts";
import { paint } from "../print.ts";
import { findRecord } from "../reference.ts";

export const definition = command({
  summary: "show in what two runs differ: code, params, packages, inputs, outputs",
  arguments: { a: { doc: "uid, or beginning of one, of a run" }, b: { doc: "another run" } },
  options: {},
  examples: ["lineal diff X1GYNq9t VSfa9K7v"],
  async run({ args }) {
    const [a, b] = [
      (await findRecord(args.a, ["Run"])).record,
      (await findRecord(args.b, ["Run"])).record,
    ] as unknown as [Run, Run];
    const difference = await diff(a, b);
    return { text: differenceText(difference, a.status, b.status), json: difference };
  },
});

/** Begins with how the runs ended, which JSON leaves out: programs ask the runs themselves. */
function differenceText(difference: RunDifference, a: string, b: string): string {
  const { code, modules, params, environment, inputs, outputs, duration, user } = difference;
  const [before, after] = [seconds(duration?.a ?? null), seconds(duration?.b ?? null)];
  const parts = [
    ...(a === b ? [] : [pairText(`${title("status")} `, a, b)]),
    ...(code === null ? [] : [title("code"), coloured(code)]),
    ...Object.values(modules ?? {}).flatMap((patch, i) => [...(i === 0 ? [title("modules")] : []), coloured(patch)]),
    ...changes("params", params),
    ...changes("environment", environment),
    ...changes("inputs", inputs, hash),
    ...changes("outputs", outputs, hash),
    // Milliseconds that nobody sees are no difference.
    ...(before === after ? [] : [`${title("duration")} ${before} → ${after}`]),
    ...(user ? [pairText(`${title("user")} `, user.a, user.b)] : []),
  ];
  return parts.length === 0 ? "the runs are alike" : parts.join("\n");
}

const title = (text: string): string => paint("bold", text);
const seconds = (milliseconds: number | null): string =>
  milliseconds === null ? "unfinished" : `${(milliseconds / 1000).toFixed(1)} s`;

/** Hashes and uids in short, with the version. */
const hash = (value: unknown): string => {
  const text = String(value);
  return text.length === model.Collection.uid
    ? `${text.slice(0, 8)} v${text.slice(-REVISION_LENGTH)}`
    : text.slice(0, 8);
};
const plain = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"));

function changes(name: string, changed: Changed<unknown> | null, show: (value: unknown) => string = plain): string[] {
  if (!changed) return [];
  const parts = Object.entries(changed.changed).flatMap(([key, { a, b }]) =>
    show === plain ? differing(a, b, key) : [{ path: key, a, b }],
  );
  return [
    title(name),
    ...Object.entries(changed.removed).map(([key, value]) =>
      paint("red", valueText(`- ${nameText(key)}: `, show(value))),
    ),
    ...Object.entries(changed.added).map(([key, value]) =>
      paint("green", valueText(`+ ${nameText(key)}: `, show(value))),
    ),
    ...parts.map(({ path, a, b }) => {
      if (a === b) return `~ ${nameText(path, 60)}: same bytes`;
      const alike = show(a) === show(b);
      return pairText(
        `~ ${nameText(path)}: `,
        alike ? JSON.stringify(a) : show(a),
        alike ? JSON.stringify(b) : show(b),
      );
    }),
  ];
}

function coloured(patch: string): string {
  return patch
    .trimEnd()
    .split("\n")
    .map((line) => (line.startsWith("+") ? paint("green", line) : line.startsWith("-") ? paint("red", line) : line))
    .join("\n");
}
