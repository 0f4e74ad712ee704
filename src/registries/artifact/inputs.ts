/** Inputs of runs: linked when an artifact's bytes are used. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Operation } from "../../db/operation.ts";
import { byId } from "../../db/select.ts";
import { hasLink, link } from "../../db/write.ts";
import { LinealError } from "../../errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { isEntry, refOf } from "../entry.ts";
import { settings } from "../settings.ts";

/** Per call: never, always, of this run, or (left out) as the settings say. */
export interface InputOptions {
  isRunInput?: boolean | object | undefined;
}

/** Links an artifact as an input of the current (or given) run, and its maker as a predecessor; after the access. */
export async function trackInput(connection: Connection, row: Row, { isRunInput }: InputOptions): Promise<void> {
  if (isRunInput === false) return;
  const forced = isRunInput !== undefined && isRunInput !== true;
  if (forced && !isEntry(isRunInput, "Run")) throw new LinealError("invalid", "isRunInput takes true, false or a Run", { hint: "Give { isRunInput: run }." });
  const run = forced ? refOf(isRunInput as object, connection) : connection.scope?.run;
  if (isRunInput === undefined && !settings.trackRunInputs) return;
  if (!run) {
    if (isRunInput === true) throw new LinealError("invalid", "there is no run to link this input to", { hint: "Call `await ln.track()` first." });
    connection.log("hint", "no run is tracked, so this input is linked to none; `await ln.track()` starts one");
    return;
  }
  if (row.internal) return;
  const { dialect } = connection.database;
  // First without a write transaction: most reads are repeated.
  if (!(yield_)) = maker?.transform as RowRef | undefined;
    if (consumer && transform && transform.id !== consumer.id) yield* link(dialect, writer, "Transform", "predecessors", consumer.id, [transform.id]);
  });
}
