/** Inputs of runs: linked when an artifact's bytes are used. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Dialect } from "../../db/dialect.ts";
import type { Operation } from "../../db/operation.ts";
import { byId } from "../../db/select.ts";
import { hasLink, link } from "../../db/write.ts";
import { everything } from "../../db/viewer.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { isEntry, refOf } from "../record/row.ts";
import { settings } from "../settings.ts";

/** Per call: never, always, of this run, or (left out) as the settings say. */
export interface InputOptions {
  isRunInput?: boolean | object | undefined;
}

/** Links an artifact as an input of the current (or given) run, and its maker as a predecessor; after the access. */
export async function trackInput(connection: Connection, row: Row, { isRunInput }: InputOptions): Promise<void> {
  if (isRunInput === false) return;
  const forced = isRunInput !== undefined && isRunInput !== true;
  if (forced && !isEntry(isRunInput, "Run"))
    throw new LinealError("invalid", "isRunInput takes true, false or a Run", { hint: "Give { isRunInput: run }." });
  const run = forced ? refOf(isRunInput as object, connection) : connection.scope?.run;
  if (isRunInput === undefined && !settings.trackRunInputs) return;
  if (!run) {
    if (isRunInput === true)
      throw new LinealError("invalid", "there is no run to link this input to", {
        hint: "Call `await ln.track()` first.",
      });
    connection.log("hint", "no run is tracked, so this input is linked to none; `await ln.track()` starts one");
    return;
  }
  if (row.internal) return;
  const { dialect } = connection.database;
  // Most reads are repeated ones: they need no write transaction.
  if (!(await connection.read(() => unlinked(dialect, run, row)))) return;
  const writer = await connection.writer();
  await connection.write(function* () {
    const now = yield* unlinked(dialect, run, row);
    if (!now) return;
    yield* link(dialect, writer, "Run", "inputs", run.id, [row.id]);
    const consumer = (yield* byId(dialect, everything, "Run", run.id))?.transform as RowRef | undefined;
    const maker = now.run ? yield* byId(dialect, everything, "Run", (now.run as RowRef).id) : undefined;
    const transform = maker?.transform as RowRef | undefined;
    if (consumer && transform && transform.id !== consumer.id)
      yield* link(dialect, writer, "Transform", "predecessors", consumer.id, [transform.id]);
  });
}

/** The artifact as it is now, unless it is an input of the run already, or its own or re-created output. */
function* unlinked(dialect: Dialect, run: RowRef, { id }: Row): Operation<Row | undefined> {
  if (yield* hasLink("Run", "inputs", run.id, id)) return undefined;
  const now = yield* byId(dialect, everything, "Artifact", id);
  if ((now?.run as RowRef | null | undefined)?.id === run.id || (yield* hasLink("Run", "recreated", run.id, id)))
    return undefined;
  return now;
}
