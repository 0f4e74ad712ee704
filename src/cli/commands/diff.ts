/** `lineal diff`: in what two runs differ. */

import type { Run } from "../../registries/index.ts";
import { type Changed, diff, type RunDifference } from "../../registries/difference.ts";
import { command } from "../command.ts";
import { paint } from "../print.ts";
import { findRecord } from "../reference.ts";

export const definition = command({
  summary: "show in what two runs differ: code, params, packages, inputs, outputs",
  arguments: { a: { doc: "uid, or beginning of one, of a run" }, b: { doc: "another run" } },
  options: {},
  examples: ["lineal diff X1GYNq9t VSfa9K7v"],
  async run({ args }) {
    const [a, b] = [(await findRecord(args.a, ["Run"])).record, (await findRecord(args.b, ["Run"])).record] as unknown as [Run, Run];
    const difference = await diff(a, b);
    return { text: differenceText(difference), json: difference };
  },
});

function differenceText(difference: RunDifference): string {
  const { code, modules, params, environment, inputs, outputs, duration, user } = difference;
  const parts = [
    ...(code === null ? [] : [title("code"), coloured(code)]),
    ...Object.values(modules ?? {}).flatMap((patch, i) => [...(i === 0 ? [title("modules")] : []), coloured(patch)]),
    ...changes("params", params),
    ...changes("environment", environment),
    ...changes("inputs", inputs, 8),
    ...changes("outputs", outputs, 8),
    ...(duration ? [`${title("duration")} ${seconds(duration.a)} → ${seconds(duration.b)}`] : []),
    ...(user ? [`${title("user")} ${user.a} → ${user.b}`] : []),
  ];
  return parts.length === 0 ? "the runs are alike" : parts.join("\n");
}

const title = (text: string): string => paint("bold", text);
const seconds = (milliseconds: number | null): string => (milliseconds === null ? "unfinished" : `${(milliseconds / 1000).toFixed(1)} s`);

function changes(name: string, changed: Changed<unknown> | null, length = 60): string[] {
  if (!changed) return [];
  const show = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value)).slice(0, length);
  return [
    title(name),
    ...Object.entries(changed.removed).map(([key, value]) => paint("red", `- ${key}: ${show(value)}`)),
    ...Object.entries(changed.added).map(([key, value]) => paint("green", `+ ${key}: ${show(value)}`)),
    ...Object.entries(changed.changed).map(([key, { a, b }]) => `~ ${key}: ${show(a)} → ${show(b)}`),
  ];
}

function coloured(patch: string): string {
  return patch
    .trimEnd()
    .split("\n")
    .map((line) => (line.startsWith("+") ? paint("green", line) : line.startsWith("-") ? paint("red", line) : line))
    .join("\n");
}
