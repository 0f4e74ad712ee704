/** Artifact: save, load, open, and where it came from. */
import type { DecodeOptions, Handle, Row as TableRow, Table } from "../formats/index.ts";
import type { Connection } from "../instance/connection.ts";
import type { Changes } from "../model/index.ts";
import type { Staleness } from "../lineage/answers/staleness.ts";
import { cacheRow, loadRow, openRow, pathOfRow } from "./artifact/access.ts";
import { type InputOptions, trackInput } from "./artifact/inputs.ts";
import { saveArtifact, saveFolderFiles, type SaveOptions } from "./artifact/save.ts";
import { checkNewKey } from "./artifact/source.ts";
import { make } from "./record/classes.ts";
import { describe } from "./record/describe.ts";
import { connectionOf, rowOf } from "./record/row.ts";
import { knowStorages } from "./record/query.ts";
import { sourceOf } from "./record/registry.ts";
import { stalenessOf } from "./answers/staleness.ts";
import { traceableFinder } from "./traceable.ts";

/** What can be saved: a path or file URL, bytes, a stream, a table, or any value that fits the key's suffix. */
export type Source =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Table
  | readonly object[]
  | object;

/**
 * A file, folder or table, with its content, its versions and where it came from.
 *
 * @example
 * const artifact = await ln.Artifact.save([{ gene: "TP53", score: 0.9 }], { key: "hits.parquet" });
 * console.log(String(await artifact.load()));
 */
export class Artifact extends traceableFinder("Artifact") {
  /**
   * Saves a source and returns its artifact: the existing one for the same content and key, else a new version or a
   * new artifact. Files inside a storage stay where they are, everything else is copied.
   *
   * Throws `not-found` for a missing path, `invalid` for bad keys or options, `unavailable` for a full disk.
   *
   * @example
   * await ln.Artifact.save("counts.csv", { key: "raw/counts.csv", description: "as delivered" });
   */
  static async save(source: Source, options: SaveOptions = {}): Promise<Artifact> {
    const connection = await sourceOf(this as { connection?: Connection })();
    const row = await saveArtifact(connection, source, options);
    await knowStorages(connection, "Artifact", [row]);
    return make(connection, "Artifact", row);
  }

  /**
   * Saves every file of a folder as an artifact of its own, sorted by key.
   *
   * @example
   * const artifacts = await ln.Artifact.saveDir("./results");
   */
  static async saveDir(folder: string | URL, options: SaveOptions = {}): Promise<Artifact[]> {
    const connection = await sourceOf(this as { connection?: Connection })();
    const rows = await saveFolderFiles(connection, folder, options);
    await knowStorages(connection, "Artifact", rows);
    return rows.map((row) => make(connection, "Artifact", row));
  }

  override async update(changes: Changes<"Artifact">): Promise<this> {
    checkNewKey(rowOf(this), changes?.key);
    return super.update(changes);
  }

  override describe(): Promise<string> {
    return describe(connectionOf(this), "Artifact", rowOf(this), { path: this.path });
  }

  /** The local path of the bytes, or the URL in remote storage. Asking for it links nothing. */
  get path(): string {
    return pathOfRow(connectionOf(this), rowOf(this));
  }

  /** A local path whose bytes are those that were saved; links this as an input of the current run. */
  async cache(options: InputOptions = {}): Promise<string> {
    const path = await cacheRow(connectionOf(this), rowOf(this));
    await trackInput(connectionOf(this), rowOf(this), options);
    return path;
  }

  /** The content as plain objects, one for each row of the table. */
  load(options: InputOptions & { as: "rows" }): Promise<TableRow[]>;
  /**
   * The content by suffix: a `Table` for csv, tsv and parquet, a value for json, jsonl and yaml, text, or bytes;
   * links this as an input of the current run. `as` asks for plain rows, Arrow or polars.
   */
  load<T = unknown>(options?: InputOptions & DecodeOptions): Promise<T>;
  async load({ isRunInput, ...options }: InputOptions & DecodeOptions = {}): Promise<unknown> {
    const value = await loadRow(connectionOf(this), rowOf(this), options);
    await trackInput(connectionOf(this), rowOf(this), { isRunInput });
    return value;
  }

  /** A handle that reads tables and text bit by bit; links this as an input of the current run. Close it. */
  async open(options: InputOptions = {}): Promise<Handle> {
    const handle = await openRow(connectionOf(this), rowOf(this));
    await trackInput(connectionOf(this), rowOf(this), options);
    return handle;
  }

  /** Whether it is out of date, and why: a newer input, changed code, other parameters, or something upstream. */
  staleness(): Promise<Staleness> {
    return stalenessOf(this);
  }
}

declare module "./record/classes.ts" {
  interface Registries {
    Artifact: Artifact;
  }
}
