/** Source files as transforms: read, keyed by dev-dir, found again by content or added as a version. */

import type { RowRef } from "../db/columns.ts";
import { update } from "../db/write.ts";
import { LinealError } from "../ground/errors.ts";
import { defaultConnection } from "../instance/connect.ts";
import type { Connection } from "../instance/connection.ts";
import { checkValue, model } from "../model/index.ts";
import { rowOf } from "../registries/record/row.ts";
import { type Project, Transform } from "../registries/index.ts";
import { resolveTransform, type TransformSpec } from "../registries/runs/transforms.ts";
import { describeSource, type SourceFile } from "../track/source-file.ts";
import { kindOfFile } from "../code/source.ts";
import { recordRun } from "./shell-session.ts";

/** What a command line says of a source file. */
export interface SourceOptions {
  key?: string | undefined;
  kind?: string | undefined;
  description?: string | undefined;
}

/** What a source file, or only a key, wants as its transform, and the modules that it imports on demand. */
export async function describeTransform(
  connection: Connection,
  file: string | undefined,
  options: SourceOptions & { published: boolean },
): Promise<{ spec: TransformSpec; dynamic: SourceFile["dynamic"] }> {
  const kind = options.kind ?? (file === undefined ? "script" : kindOfFile(file));
  const column = model.Transform.columns.kind;
  if (column?.is === "field") checkValue(column, kind, "kind");
  if (file === undefined) {
    if (options.key === undefined)
      throw new LinealError("invalid", "a transform needs a file or a key", {
        hint: "Give one: lineal track script.sh, or lineal track --key my-session",
      });
    return {
      spec: {
        uid: undefined,
        key: options.key,
        kind,
        description: options.description,
        reference: undefined,
        source: undefined,
      },
      dynamic: [],
    };
  }
  const { spec, text, dynamic } = await describeSource(connection, file, {
    key: options.key,
    published: options.published,
  });
  return {
    spec: { ...spec, uid: trackedUid(text), kind, description: options.description ?? spec.description },
    dynamic,
  };
}

/** Saves a source file; in a tracked shell a new version counts as made by its run. */
export async function saveSource(
  file: string,
  options: SourceOptions & { project?: Project; space?: string; branch?: string },
): Promise<Transform> {
  const connection = await defaultConnection();
  const run = await recordRun();
  const { spec } = await describeTransform(connection, file, { ...options, published: false });
  const writer = await connection.writer();
  const { dialect } = connection.database;
  const { row, notes, warnings } = await connection.write(function* () {
    const found = yield* resolveTransform(connection, writer, spec);
    if (found.outcome === "loaded" || run === undefined) return found;
    const made: RowRef = { id: rowOf(run).id, uid: run.uid };
    return { ...found, row: yield* update(dialect, writer, "Transform", found.row.id, { run: made }) };
  });
  for (const note of notes) connection.log("info", note);
  for (const warning of warnings) connection.log("warning", warning);
  const transform = new Transform(connection, row);
  if (options.space !== undefined || options.branch !== undefined) {
    await transform.update({
      ...(options.space === undefined ? {} : { space: options.space }),
      ...(options.branch === undefined ? {} : { branch: options.branch }),
    });
  }
  if (options.project) await transform.projects.add(options.project);
  return transform;
}

/** The uid that a script gives to `track`, so that saving it and running it mean one transform. */
function trackedUid(text: string): string | undefined {
  return /\btrack\(\s*(?:transform\s*=\s*)?(["'])([0-9A-Za-z]{12}(?:[0-9A-Za-z]{4})?)\1/.exec(text)?.[2];
}
