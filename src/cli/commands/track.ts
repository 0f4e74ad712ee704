/** `lineal track`: this shell session becomes a run. */

import { hostname } from "node:os";
import { defaultConnection } from "../../instance/connect.ts";
import { beginRun } from "../../registries/runs/runs.ts";
import { announce } from "../../track/announce.ts";
import { describeEnvironment, environmentText } from "../../track/environment.ts";
import { commitOf } from "../../track/git.ts";
import { serialiseParams } from "../../track/params.ts";
import { reap } from "../../track/reap.ts";
import { redactArgs } from "../../ground/redact.ts";
import { command, Misuse } from "../command.ts";
import { endSession, rememberSessionRun, requireShell, shellScript } from "../shell-session.ts";
import { describeTransform } from "../source-transform.ts";

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
  async run({ args, options }) {
    const params = serialiseParams(parseParams(options.param)).params;
    const shell = requireShell();
    const script = shellScript(shell);
    const file = args.file ?? (options.key === undefined ? script?.file : undefined);
    const connection = await defaultConnection();
    await endSession(connection, { only: shell });
    await reap(connection);
    const { spec, dynamic } = await describeTransform(connection, file, { ...options, published: true });
    const git = file === undefined ? undefined : await commitOf(file);
    const cliArgs = redactArgs(script?.args ?? []).join(" ");
    const begun = await beginRun(connection, spec, {
      name: options.name,
      params: Object.keys(params).length > 0 ? params : undefined,
      cliArgs: cliArgs === "" ? undefined : cliArgs,
      dynamicModules: dynamic,
      ...git,
      process: { host: hostname(), pid: shell.pid, startedAt: shell.startedAt },
      environment: environmentText(await describeEnvironment({ entry: file, cwd: process.cwd() })),
      initiatedByRun: process.env.LINEAL_INITIATED_BY_RUN,
    });
    rememberSessionRun(shell, begun.run.uid);
    await announce(connection, begun);
    return { json: begun.run.toJSON() };
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
