/** `lineal track`: this shell session becomes a run. */

import { defaultConnection } from "../../instance/connect.ts";
import { command, Misuse } from "../command.ts";

export const definition = command({
  acts: true,
  summary:
    "start tracking this shell session: what is saved from now on is an output of its run, what is loaded an input, until lineal finish",
  arguments: { file: { doc: "the script that is running (found by itself in a shell script)", optional: true } },
  options: {
    key: { type: "string", doc: "key of the transform (the script's path in dev-dir, or its name)" },
    kind: {
      type: "string",
      choices: ["script", "notebook", "pipeline", "function", "upload", "app"],
      doc: "what it is (script)",
    },
    name: { type: "string", value: "TEXT", doc: "a name for the run" },
    param: {
      type: "string",
      multiple: true,
      value: "NAME=VALUE",
      doc: "a parameter of the run; numbers, true, false and JSON are read as such",
    },
  },
  examples: ["lineal track", "lineal track --key cell-ranger --kind pipeline --param cores=8"],
  async run({ args, options: { param, ...given } }) {
    const params = parseParams(param);
    const { trackShell } = await import("../../track/hosts/shell.ts");
    const run = await trackShell(await defaultConnection(), { ...args, ...given, params });
    return { json: run.toJSON() };
  },
});

function parseParams(texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new Misuse(`--param ${text} has no value`, "write --param NAME=VALUE");
      return [text.slice(0, at), parseValue(text.slice(at + 1))];
    }),
  );
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
