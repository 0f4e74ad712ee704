/** Rows of runs, and the texts stored with them. Only `track/run.ts` decides the status of a run. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Operation } from "../../db/operation.ts";
import { byId, select } from "../../db/select.ts";
import { insert, update, type Values, type Writer } from "../../db/write.ts";
import { everything } from "../../db/viewer.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { shortUid } from "../../model/index.ts";
import { hashBytes } from "../../storage/hash.ts";
import { commit } from "../artifact/commit.ts";
import { contentOfText, contentOfTextSync } from "../artifact/content.ts";
import { BytesVanished, untilBytesStay } from "../artifact/objects.ts";
import { internalPlan, saveInternal } from "../artifact/save.ts";
import type { Content } from "../artifact/source.ts";

/** Where a run's process is, to notice when it is gone. */
export interface ProcessFacts {
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
}

/** Who writes: `runUid` is the run that the history names. */
export type RunWriter = Writer & { readonly user: RowRef };

/** Stores a text that belongs to a run or transform as an internal artifact; equal texts are stored once. */
export async function keepText(
  connection: Connection,
  text: string,
  suffix: string,
  description: string,
): Promise<RowRef> {
  const hash = hashBytes(Buffer.from(text));
  const [shared] = await connection.read(() =>
    select(connection.database.dialect, connection.viewer({ internal: true }), {
      name: "Artifact",
      where: [{ hash, description }],
      limit: 1,
    }),
  );
  const row = shared ?? (await saveInternal(connection, text, suffix, description));
  return { id: row.id, uid: row.uid };
}

/** The stored text of a report. */
export type Report = Content;

/** Stores what a run printed and writes rows, in one transaction. A run whose report cannot be stored ends all the same. */
export function withReport<T>(
  connection: Connection,
  run: RowRef | undefined,
  text: string | undefined,
  write: (writer: RunWriter, report: Report | undefined) => Operation<T>,
): Promise<T> {
  return untilBytesStay(async () => {
    const report =
      run && text ? await contentOfText(connection, text, ".txt").catch(notKept(connection, run)) : undefined;
    const writer = { ...(await connection.writer()), runUid: null };
    return connection.write(() => write(writer, report));
  });
}

/** Stores a report before this returns; `later` where the storage makes us wait. */
export function storeReportSync(connection: Connection, run: RowRef, text: string): Report | "later" | undefined {
  try {
    return contentOfTextSync(connection, text, ".txt") ?? "later";
  } catch (error) {
    return notKept(connection, run)(error);
  }
}

const notKept =
  (connection: Connection, run: RowRef) =>
  (error: unknown): undefined => {
    if (error instanceof BytesVanished) throw error;
    connection.log(
      "warning",
      `the console log of Run('${shortUid(run.uid)}') could not be kept: ${(error as Error).message}`,
    );
  };

/** Adds a run of a transform. */
export function addRun(connection: Connection, writer: RunWriter, columns: Values): Operation<Row> {
  const { branches, space } = connection;
  return insert(connection.database.dialect, "Run", {
    uid: connection.newUid("Run"),
    createdAt: writer.now,
    createdBy: writer.user,
    branch: branches.current,
    space,
    ...columns,
  });
}

/** Changes a run; `report` becomes its report. */
export function* changeRun(
  connection: Connection,
  writer: RunWriter,
  run: RowRef,
  columns: Values,
  report?: Report,
): Operation<Row> {
  const saved = report
    ? yield* commit(connection, writer, [internalPlan(connection, report, `log of run ${run.uid}`)])
    : [];
  const changes = saved[0] ? { ...columns, report: saved[0].row } : columns;
  return yield* update(connection.database.dialect, writer, "Run", run.id, changes);
}

/** A run as it is now; `not-found` when it was deleted for good. */
export function* readRun(connection: Connection, run: RowRef): Operation<Row> {
  const row = yield* byId(connection.database.dialect, everything, "Run", run.id);
  if (!row) throw new LinealError("not-found", `run ${run.uid} is gone`, { hint: "Someone deleted it for good." });
  return row;
}

/** The last run of a transform by a user. */
export function* lastRunOf(connection: Connection, transform: RowRef, user: RowRef): Operation<Row | undefined> {
  const [last] = yield* select(connection.database.dialect, connection.viewer(), {
    name: "Run",
    where: [{ transform: { uid: transform.uid }, createdBy: { uid: user.uid } }],
    order: ["-id"],
    limit: 1,
  });
  return last;
}

/** Runs that were started on a host and have not ended. */
export async function unfinishedRuns(
  connection: Connection,
  host: string,
): Promise<{ run: RowRef; process: ProcessFacts }[]> {
  const rows = await connection.read(() =>
    select(connection.database.dialect, everything, {
      name: "Run",
      where: [{ status: { in: ["started", "restarted"] } }],
    }),
  );
  return rows.flatMap((row) => {
    const facts = row.process as ProcessFacts | null;
    return facts?.host === host ? [{ run: { id: row.id, uid: row.uid }, process: facts }] : [];
  });
}
