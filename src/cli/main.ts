/** The command `lineal`: a table of commands, each loaded only when it is typed. */

import type { CommandTable } from "./dispatch.ts";
import type { Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";

const commands: CommandTable = {
  login: { group: "Instances", summary: "say who you are", load: () => import("./commands/login.ts") },
  logout: { group: "Instances", summary: "be anonymous again", load: () => import("./commands/logout.ts") },
  init: { group: "Instances", summary: "make an instance and connect to it", load: () => import("./commands/init.ts") },
  connect: {
    group: "Instances",
    summary: "choose the instance to work on",
    load: () => import("./commands/connect.ts"),
  },
  disconnect: { group: "Instances", summary: "work on no instance", load: () => import("./commands/disconnect.ts") },
  info: { group: "Instances", summary: "show instance, user and settings", load: () => import("./commands/info.ts") },
  settings: { group: "Instances", summary: "show or change settings", load: () => import("./commands/settings.ts") },
  migrate: {
    group: "Instances",
    summary: "bring the database up to date",
    load: () => import("./commands/migrate.ts"),
  },
  save: { group: "Data", summary: "save a file, a folder or a script", load: () => import("./commands/save.ts") },
  load: {
    group: "Data",
    summary: "fetch the file of an artifact or transform",
    load: () => import("./commands/load.ts"),
  },
  delete: { group: "Data", summary: "delete a record, or an instance", load: () => import("./commands/delete.ts") },
  list: { group: "Data", summary: "list the records of a registry", load: () => import("./commands/list.ts") },
  search: { group: "Data", summary: "find records by text", load: () => import("./commands/search.ts") },
  get: { group: "Data", summary: "show the fields of a record", load: () => import("./commands/get.ts") },
  describe: { group: "Data", summary: "tell all about a record", load: () => import("./commands/describe.ts") },
  view: {
    group: "Data",
    summary: "show the newest records of every registry",
    load: () => import("./commands/view.ts"),
  },
  lineage: {
    group: "Lineage",
    summary: "show where a record came from and what came of it",
    load: () => import("./commands/lineage.ts"),
  },
  impact: {
    group: "Lineage",
    summary: "list everything that was made from a record",
    load: () => import("./commands/impact.ts"),
  },
  status: {
    group: "Lineage",
    summary: "say which outputs are out of date, and why",
    load: () => import("./commands/status.ts"),
  },
  "check-lineage": {
    group: "Lineage",
    summary: "say whether scripts track every file they use",
    load: () => import("./commands/check-lineage.ts"),
  },
  diff: { group: "Lineage", summary: "show in what two runs differ", load: () => import("./commands/diff.ts") },
  why: { group: "Lineage", summary: "say why two artifacts differ", load: () => import("./commands/why.ts") },
  track: { group: "Lineage", summary: "start tracking this shell session", load: () => import("./commands/track.ts") },
  finish: { group: "Lineage", summary: "end the tracked shell session", load: () => import("./commands/finish.ts") },
};

/**
 * Runs one command line (without the word `lineal`) and resolves to its exit code, leaving nothing behind in this
 * process: a program may run many, one after the other. They share its working directory and environment.
 *
 * @example
 * const code = await main(["list", "artifact"], process);
 */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv[0] === "--version" || argv[0] === "-V") {
    terminal.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const { dispatch } = await import("./dispatch.ts");
  return dispatch(commands, argv, terminal);
}
