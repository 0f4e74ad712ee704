/** Starting and ending runs in the database. */
import type { Row, RowRef } from "../../db/columns.ts";
import { byId, select } from "../../db/select.ts";
import { insert, update } from "../../db/write.ts";
import { LinealError } from "../../ground/errors.ts";
import type { Connection } from "../../instance/connection.ts";
import { hashBytes } from "../../storage/hash.ts";
import { commit } from "../artifact/commit.ts";
import { contentOfText, contentOfTextSync } from "../artifact/content.ts";
import { BytesVanished, untilBytesStay } from "../artifact/objects.ts";
import { internalPlan, saveInternal } from "../artifact/save.ts";
import type { Content } from "../artifact/source.ts";
import { make, type Of } from "../record/classes.ts";
import { resolveRef } from "../record/draft.ts";
import { refOf, rowOf } from "../record/row.ts";
import { type RunEvent, type RunStatus, statusAfter } from "./states.ts";
import { type FoundTransform, resolveTransform, type TransformSpec } from "./transforms.ts";

/** Where a run's process is, to notice when it is gone. */
export interface ProcessFacts {
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
}

/** What is known of a run when it starts. */
export interface RunSpec {
  readonly name?: string | undefined;
  readonly entrypoint?: string | undefined;
  readonly cliArgs?: string | undefined;
  readonly params?: Record<string, unknown> | undefined;
  readonly gitCommit?: string | undefined;
  readonly gitDirty?: boolean | undefined;
  readonly dynamicModules?:
    | readonly { path: string; hash: string | null; codeHash: string | null; files?: Record<string, string | null> }[]
    | undefined;
  readonly process?: ProcessFacts | undefined;
  /** JSON text of the environment. */
  readonly environment?: string | undefined;
  /** Uid of, or record of, the run that called this one. */
  readonly initiatedByRun?: string | object | undefined;
  readonly plan?: object | undefined;
  /** `false`: the user's last run of the transform goes on. */
  readonly newRun?: boolean | undefined;
}

export interface BegunRun {
  readonly run: Of<"Run">;
  readonly transform: Of<"Transform">;
  readonly outcome: FoundTransform["outcome"];
  readonly restarted: boolean;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** Stores a text that belongs to a run or transform as an internal artifact; equal texts are stored once. */
export async function keepText(
  connection: Connection,
  text: string,
  suffix: string,
  description: string,
): Promise<RowRef> {
  const hash = hashBytes(Buffer.from(text));
  const [shared] = await connection.read(() =>
    select(connection.database.dialect, {
      name: "Artifact",
      where: [{ hash, description }],
      visible: { branches: connection.seenBranches, internal: true },
      hidden: [],
      limit: 1,
    }),
  );
  const row = shared ?? (await saveInternal(connection, text, suffix, description));
  return { id: row.id, uid: row.uid };
}

/** Finds or adds the transform and adds the run, in one transaction. */
export async function beginRun(
  connection: Connection,
  transform: TransformSpec | object,
  spec: RunSpec,
): Promise<BegunRun> {
  const initiatedByRun =
    spec.initiatedByRun === undefined
      ? null
      : await resolveRef(
          connection,
          "Run",
          typeof spec.initiatedByRun === "string" ? { uid: spec.initiatedByRun } : spec.initiatedByRun,
          "initiatedByRun",
          false,
        );
  const plan = spec.plan === undefined ? null : await resolveRef(connection, "Artifact", spec.plan, "plan", false);
  const environment =
    spec.environment === undefined
      ? null
      : await keepText(connection, spec.environment, ".json", "environment of a run");
  const writer = await connection.writer();
  const { dialect } = connection.database;
  const { branch, space } = connection.places;
  const begun = await connection.write(function* () {
    const found: FoundTransform = isSpec(transform)
      ? yield* resolveTransform(connection, writer, transform)
      : { row: rowOf(transform), outcome: "loaded", notes: [], warnings: [] };
    const facts = {
      status: "started",
      startedAt: writer.now,
      finishedAt: null,
      params: spec.params ?? null,
      cliArgs: spec.cliArgs ?? null,
      gitCommit: spec.gitCommit ?? null,
      gitDirty: spec.gitDirty ?? null,
      dynamicModules: spec.dynamicModules?.length ? spec.dynamicModules : null,
      process: spec.process ?? null,
      environment,
    };
    if (spec.newRun === false) {
      const [last] = yield* select(dialect, {
        name: "Run",
        where: [{ transform: { uid: found.row.uid }, createdBy: { uid: writer.user.uid } }],
        visible: { branches: connection.seenBranches, internal: false },
        hidden: [],
        order: ["-id"],
        limit: 1,
      });
      if (last)
        return {
          found,
          run: yield* update(dialect, writer, "Run", last.id, { ...facts, status: "restarted" }),
          restarted: true,
        };
    }
    const run = yield* insert(dialect, "Run", {
      uid: connection.newUid("Run"),
      createdAt: writer.now,
      createdBy: writer.user,
      branch,
      space,
      transform: found.row,
      name: spec.name ?? null,
      entrypoint: spec.entrypoint ?? null,
      initiatedByRun,
      plan,
      ...facts,
    });
    return { found, run, restarted: false };
  });
  return {
    run: make(connection, "Run", begun.run),
    transform: make(connection, "Transform", begun.found.row),
    outcome: begun.found.outcome,
    restarted: begun.restarted,
    notes: begun.found.notes,
    warnings: begun.found.warnings,
  };
}

const isSpec = (value: object): value is TransformSpec => "source" in value && "kind" in value && !("toJSON" in value);

/** Checks that a record given as the transform of a run belongs to this instance. */
export function checkTransform(connection: Connection, transform: object): void {
  refOf(transform, connection);
}

/** Ends a run: its status, its end, its report. Returns the row as it is now. */
export async function endRun(
  connection: Connection,
  run: RowRef,
  event: RunEvent,
  report: string | undefined,
): Promise<Row> {
  return untilBytesStay(async () => {
    const content = report ? await contentOfText(connection, report, ".txt").catch(unkept(connection, run)) : undefined;
    const writer = await connection.writer();
    return connection.write(() => ending(connection, { ...writer, runUid: run.uid }, run, event, content));
  });
}

/** Like `endRun`, before it returns; undefined where the database or the storage cannot be written without waiting. */
export function endRunSync(
  connection: Connection,
  user: RowRef,
  run: RowRef,
  event: RunEvent,
  report: string | undefined,
): Row | undefined {
  const { writeSync } = connection.database;
  if (!writeSync) return undefined;
  let content: Content | undefined;
  try {
    content = report ? contentOfTextSync(connection, report, ".txt") : undefined;
    if (report && !content) return undefined;
  } catch (error) {
    unkept(connection, run)(error);
  }
  const writer = { now: connection.now(), user, userUid: user.uid, runUid: run.uid };
  return writeSync(() => ending(connection, writer, run, event, content));
}

/** A run whose log cannot be stored ends all the same. */
const unkept =
  (connection: Connection, run: RowRef) =>
  (error: unknown): undefined => {
    if (error instanceof BytesVanished) throw error;
    connection.log(
      "warning",
      `the console log of Run('${run.uid.slice(0, 8)}') could not be kept: ${(error as Error).message}`,
    );
  };

function* ending(
  connection: Connection,
  writer: Parameters<typeof commit>[1],
  run: RowRef,
  event: RunEvent,
  content: Content | undefined,
) {
  const { dialect } = connection.database;
  const now = yield* byId(dialect, "Run", run.id);
  if (!now) throw new LinealError("not-found", `run ${run.uid} is gone`, { hint: "Someone deleted it for good." });
  const status = statusAfter(now.status as RunStatus, event);
  if (status === now.status) return now;
  // What had ended already has its report.
  const saved =
    content && now.status !== "completed"
      ? yield* commit(connection, writer, [internalPlan(connection, content, `log of run ${run.uid}`)])
      : [];
  return yield* update(dialect, writer, "Run", run.id, {
    status,
    finishedAt: now.finishedAt ?? writer.now,
    ...(saved[0] ? { report: saved[0].row } : {}),
  });
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
