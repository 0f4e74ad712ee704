/** Source files as transforms: read, keyed by dev-dir, found again by content or added as a version. */

import type { RowRef } from "../db/columns.ts";
import { update } from "../db/write.ts";
import { LinealError } from "../errors.ts";
import { defaultConnection } from "../instance/connect.ts";
import type { Connection } from "../instance/connection.ts";
import { checkValue, model } from "../model/index.ts";
import { rowOf } from "../registries/entry.ts";
import { type Project, Transform } from "../registries/index.ts";
import { keepText } from "../registries/tracking/runs.ts";
import { resolveTransform, type TransformSpec } from "../registries/tracking/transform.ts";
import { redactSource } from "../code/redact.ts";
import { keyFor, kindOfFile, readSource } from "../code/source.ts";
import { recordRun } from "./shell-session.ts";

/** What a command line says of a source file. */
export interface SourceOptions {
  key?: string | undefined;
  kind?: string | undefined;
  description?: string | undefined;
}

/** What a source file, or only a key, wants as its transform. */
export async function describeTransform(connection: Connection, file: string | undefined, options: SourceOptions): Promise<TransformSpec> {
  const kind = options.kind ?? (file === undefined ? "script" : kindOfFile(file));
  const column = model.Transform.columns.kind;
  if (column?.is === "field") checkValue(column, kind, "kind");
  const named = { kind, description: options.description, reference: undefined };
  if (file === undefined) {
    if (options.key === undefined)
      throw new LinealError("invalid", "a transform needs a file or a key", { hint: "Give one: lineal track script.sh, or lineal track --key my-session" });
    return { ...named, uid: undefined, key: options.key, source: undefined };
  }
  const source = await readSource(file);
  const { key, outsideDevDir } = keyFor(file, connection.settings.devDir);
  if (outsideDevDir && options.key === undefined)
    connection.log("warning", `${file} lies outside the dev-dir ${connection.settings.devDir}: its key is ${key}`);
  const texts = Object.fromEntries(source.modules.map((module) => [module.path, redactSource(module.text)]));
  return {
    ...named,
    description: options.description ?? source.title,
    uid: trackedUid(source.text),
    key: options.key ?? key,
    source: {
      text: source.redacted,
      hash: source.versionHash,
      codeHash: source.codeHash,
      modules: source.modules.map(({ path, hash }) => ({ path, hash })),
      path: source.path,
      bundle: source.modules.length > 0 ? await keepText(connection, JSON.stringify(texts), ".json", "local modules of a transform") : null,
    },
  };
}

/** Saves a source file; in a tracked shell a new version counts as made by its run. */
export async function saveSource(file: string, options: SourceOptions & { project?: Project; space?: string; branch?: string }): Promise<Transform> {
  const connection = await defaultConnection();
  const run = await recordRun();
  const spec = await describeTransform(connection, file, options);
  const writer = await connection.writer();
  const { dialect } = connection.database;
  const { row, notes } = await connection.write(function* () {
    const found = yield* resolveTransform(connection, writer, spec);
    if (found.outcome === "loaded" || run === undefined) return found;
    const made: RowRef = { id: rowOf(run).id, uid: run.uid };
    return { ...found, row: yield* update(dialect, writer, "Transform", found.row.id, { run: made }) };
  });
  for (const note of notes) connection.log("info", note);
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
