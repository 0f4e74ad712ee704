/** The command `lineal`: a table of commands, each loaded only when it is typed. */

import type { CommandTable } from "./dispatch.ts";
import type { Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";

const commands: CommandTable = {
  Instances: {
    login: ["say who you are", () => import("./commands/login.ts")],
    logout: ["be anonymous again", () => import("./commands/logout.ts")],
    init: ["make an instance and connect to it", () => import("./commands/init.ts")],
    connect: ["choose the instance to work on", () => import("./commands/connect.ts")],
    disconnect: ["work on no instance", () => import("./commands/disconnect.ts")],
    info: ["show instance, user and settings", () => import("./commands/info.ts")],
    settings: ["show or change settings", () => import("./commands/settings.ts")],
    migrate: ["bring the database up to date", () => import("./commands/migrate.ts")],
  },
  Data: {
    save: ["save a file, a folder or a script", () => import("./commands/save.ts")],
    load: ["fetch the file of an artifact or transform", () => import("./commands/load.ts")],
    delete: ["delete a record, or an instance", () => import("./commands/delete.ts")],
    list: ["list the records of a registry", () => import("./commands/list.ts")],
    search: ["find records by text", () => import("./commands/search.ts")],
    get: ["show the fields of a record", () => import("./commands/get.ts")],
    describe: ["tell all about a record", () => import("./commands/describe.ts")],
    view: ["show the newest records of every registry", () => import("./commands/view.ts")],
  },
  Lineage: {
    lineage: ["show where a record came from and what came of it", () => import("./commands/lineage.ts")],
    impact: ["list everything that was made from a record", () => import("./commands/impact.ts")],
    status: ["say which outputs are out of date, and why", () => import("./commands/status.ts")],
    "check-lineage": ["say whether scripts track every file they use", () => import("./commands/check-lineage.ts")],
    diff: ["show in what two runs differ", () => import("./commands/diff.ts")],
    why: ["say why two artifacts differ", () => import("./commands/why.ts")],
    track: ["start tracking this shell session", () => import("./commands/track.ts")],
    finish: ["end the tracked shell session", () => import("./commands/finish.ts")],
  },
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
