/** Rows of runs, and the texts that are kept beside them. What status a run has is decided in `track/run.ts` alone. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { Operation } from "../../db/operation.ts";
import { byId, select } from "../../db/select.ts";
import { insert, update, type Values, type Writer } from "../../db/write.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { putBytesSync } from "../../storage/put-sync.ts";
import { commit } from "../artifact/commit.ts";
import { storeBytes } from "../artifact/content.ts";
import type { Content } from "../artifact/plan.ts";
import { internalPlan, saveInternal } from "../artifact/save.ts";

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
  const content = await storeBytes(connection, { bytes: Buffer.from(text) }, suffix);
  const [shared] = await connection.read(() =>
    select(connection.database.dialect, {
      name: "Artifact",
      where: [{ hash: content.hash, description }],
      visible: { branches: connection.seenBranches, internal: true },
      hidden: [],
      limit: 1,
    }),
  );
  const row = shared ?? (await saveInternal(connection, content, description));
  return { id: row.id, uid: row.uid };
}

/** Stores the bytes of a report. A run whose report cannot be stored ends all the same: it is said, and undefined. */
export function storeReport(connection: Connection, run: RowRef, text: string): Promise<Content | undefined> {
  return storeBytes(connection, { bytes: Buffer.from(text) }, ".txt").catch(notKept(connection, run));
}

/** Like `storeReport`, before it returns. */
export function storeReportSync(connection: Connection, run: RowRef, text: string): Content | undefined {
  const storage = connection.defaultStorage;
  try {
    const { hash, size } = putBytesSync(storage.root, Buffer.from(text), ".txt");
    return {
      hash,
      size,
      suffix: ".txt",
      hashType: "sha256",
      nFiles: null,
      storage,
      members: [],
      placeKey: null,
      placeStat: null,
      object: { hash, suffix: ".txt", size },
      present: () => true,
    };
  } catch (error) {
    return notKept(connection, run)(error);
  }
}

const notKept =
  (connection: Connection, run: RowRef) =>
  (error: unknown): undefined => {
    connection.log(
      "warning",
      `the console log of Run('${run.uid.slice(0, 8)}') could not be kept: ${(error as Error).message}`,
    );
  };

/** Adds a run of a transform. */
export function addRun(connection: Connection, writer: RunWriter, columns: Values): Operation<Row> {
  const { branch, space } = connection.places;
  return insert(connection.database.dialect, "Run", {
    uid: connection.newUid("Run"),
    createdAt: writer.now,
    createdBy: writer.user,
    branch,
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
  report?: Content,
): Operation<Row> {
  const saved = report
    ? yield* commit(connection, writer, [internalPlan(connection, report, `log of run ${run.uid}`)])
    : [];
  const changes = saved[0] ? { ...columns, report: saved[0].row } : columns;
  return yield* update(connection.database.dialect, writer, "Run", run.id, changes);
}

/** A run as it is now; `not-found` when it was deleted for good. */
export function* readRun(connection: Connection, run: RowRef): Operation<Row> {
  const row = yield* byId(connection.database.dialect, "Run", run.id);
  if (!row) throw new LinealError("not-found", `run ${run.uid} is gone`, { hint: "Someone deleted it for good." });
  return row;
}

/** The last run of a transform by a user. */
export function* lastRunOf(connection: Connection, transform: RowRef, user: RowRef): Operation<Row | undefined> {
  const [last] = yield* select(connection.database.dialect, {
    name: "Run",
    where: [{ transform: { uid: transform.uid }, createdBy: { uid: user.uid } }],
    visible: { branches: connection.seenBranches, internal: false },
    hidden: [],
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
    select(connection.database.dialect, {
      name: "Run",
      where: [{ status: { in: ["started", "restarted"] } }],
      hidden: [],
    }),
  );
  return rows.flatMap((row) => {
    const facts = row.process as ProcessFacts | null;
    return facts?.host === host ? [{ run: { id: row.id, uid: row.uid }, process: facts }] : [];
  });
}
