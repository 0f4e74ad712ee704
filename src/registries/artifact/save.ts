/** `Artifact.save` and `saveDir`: options checked, bytes stored, then one transaction. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { Row, RowRef } from "../../db/columns.ts";
import { LinealError, refuseUnknown } from "../../ground/errors.ts";
import { suffixOf } from "../../formats/index.ts";
import type { Connection } from "../../instance/connection.ts";
import { progress } from "../../instance/progress.ts";
import { checkValue, type HasUid, model } from "../../model/index.ts";
import { objectKey } from "../../storage/backend.ts";
import { validateKey } from "../../storage/keys.ts";
import { walkFolder } from "../../storage/manifest.ts";
import { resolveRef } from "../record/draft.ts";
import { isEntry, refOf, rowOf } from "../record/row.ts";
import { purgeBytes } from "../record/purge.ts";
import { BytesVanished, commit, type Saved } from "./commit.ts";
import { contentOf, isStream, pathOf, placeOf } from "./content.ts";
import { hashAll, hashes } from "./hashes.ts";
import type { Content, Labels, Plan } from "./plan.ts";

/** What `Artifact.save` takes besides the source. */
export interface SaveOptions {
  /** A path-like name; the same key means a version of the same artifact. */
  key?: string;
  description?: string;
  /** "dataset", "model", "report", "plan" or your own word. */
  kind?: string;
  /** The run that made it; `false` for none. Default: the current run. */
  run?: HasUid | false;
  /** A name for this version. */
  version?: string;
  /** The artifact whose next version this is, whatever its key. */
  revises?: HasUid;
  project?: HasUid | string;
  projects?: readonly (HasUid | string)[];
  ulabels?: readonly (HasUid | string)[];
  space?: HasUid | string;
  branch?: HasUid | string;
}

const OPTIONS = [
  "key",
  "description",
  "kind",
  "run",
  "version",
  "revises",
  "project",
  "projects",
  "ulabels",
  "space",
  "branch",
];
/** Files of one transaction: small enough that others need not wait long. */
const CHUNK = 250;
/** Files stored at once: the disk is asked to keep each folder of objects once, not for every transaction. */
const STORED = 20 * CHUNK;

type Common = Omit<Plan, "content" | "key">;

async function checkOptions(connection: Connection, options: SaveOptions): Promise<Common> {
  refuseUnknown(options, OPTIONS, "Artifact.save");
  const { columns } = model.Artifact;
  for (const key of ["description", "kind", "version"] as const) {
    const column = columns[key];
    if (options[key] !== undefined && column?.is === "field") checkValue(column, options[key], key);
  }
  if (options.key !== undefined) {
    if (typeof options.key !== "string")
      throw new LinealError("invalid", "key must be text", { hint: 'Write { key: "data/table.parquet" }.' });
    validateKey(options.key);
  }
  const revises = options.revises === undefined ? undefined : await revised(connection, options.revises);
  const list = async (to: "Project" | "ULabel", items: readonly (HasUid | string)[]): Promise<number[]> => {
    const refs = await Promise.all(items.map((item) => resolveRef(connection, to, item, to, false)));
    return refs.map((ref) => (ref as RowRef).id);
  };
  const projects = [...(options.projects ?? []), ...(options.project === undefined ? [] : [options.project])];
  const labels: Record<string, number[]> = {};
  if (projects.length > 0) labels.projects = await list("Project", projects);
  if (options.ulabels?.length) labels.ulabels = await list("ULabel", options.ulabels);
  return {
    description: options.description,
    kind: options.kind,
    version: options.version,
    revises,
    run:
      options.run === false
        ? null
        : options.run === undefined
          ? (connection.scope?.run ?? null)
          : await resolveRef(connection, "Run", options.run, "run", false),
    branch:
      options.branch === undefined
        ? connection.places.branch
        : ((await resolveRef(connection, "Branch", options.branch, "branch", false)) as RowRef),
    space:
      options.space === undefined
        ? connection.places.space
        : ((await resolveRef(connection, "Space", options.space, "space", false)) as RowRef),
    labels: labels as Labels,
    internal: false,
  };
}

async function revised(connection: Connection, value: HasUid): Promise<Row> {
  if (!isEntry(value, "Artifact"))
    throw new LinealError("invalid", "revises takes an Artifact", {
      hint: 'Get it first: await ln.Artifact.get({ key: "…" }).',
    });
  refOf(value, connection);
  return rowOf(value);
}

/** Saves one source; see the truth table in match.ts for what is returned. */
export async function saveArtifact(connection: Connection, source: unknown, options: SaveOptions = {}): Promise<Row> {
  const common = await checkOptions(connection, options);
  const path = pathOf(source);
  const key = options.key ?? (common.revises?.key as string | null | undefined) ?? undefined;
  if (path !== undefined && !existsSync(path))
    throw new LinealError("not-found", `there is no file ${source}`, {
      hint: `Check the path; the working directory is ${process.cwd()}.`,
    });
  const inPlace = path !== undefined && placeOf(connection, path) !== undefined;
  if (key === undefined && !inPlace && options.description === undefined && !common.run) {
    throw new LinealError("invalid", "an artifact needs a key, a description or a run", {
      hint: 'Write { key: "data/table.parquet" }, or call `await ln.track()` first.',
      shell: `Give it a key: --key ${path === undefined ? "KEY" : basename(path)}`,
    });
  }
  const [saved] = await attempt(
    connection,
    async () => {
      const { inferredKey, ...content } = await contentOf(connection, source, key);
      return [{ ...common, content, key: key ?? inferredKey }];
    },
    isStream(source),
  );
  const { row, outcome } = saved as Saved;
  tell(connection, row, outcome, common);
  return row;
}

/** Stores bytes, then writes rows; starts again when somebody purged the same bytes in between (`once`: the source can be read only once). */
async function attempt(connection: Connection, prepare: () => Promise<Plan[]>, once = false): Promise<Saved[]> {
  for (let tries = 0; ; tries++) {
    const plans = await prepare();
    const writer = await connection.writer();
    try {
      const saved = await connection.write(() => commit(connection, writer, plans));
      for (const { unused } of saved)
        if (unused?.object)
          await purgeBytes(connection, [
            { storage: unused.objectStorage ?? unused.storage, names: [unused.object, ...unused.members] },
          ]);
      return saved;
    } catch (error) {
      if (!(error instanceof BytesVanished)) throw error;
      if (tries >= (once ? 0 : 5))
        throw new LinealError("conflict", "the same bytes were deleted for good while they were saved", {
          hint: "Save them again.",
          cause: error,
        });
    }
  }
}

function tell(connection: Connection, row: Row, outcome: Saved["outcome"], { run }: Common): void {
  const name = `Artifact('${row.uid.slice(0, 8)}'${row.key ? `, key='${row.key}'` : ""})`;
  if (outcome === "existing") {
    if (row.isLatest) connection.log("info", `returning ${name} with the same content`);
    else connection.log("warning", `returning ${name} with the same content, which is not the latest version`);
  }
  if (outcome === "version") connection.log("info", `saved new version ${row.version} of ${name}`);
  if (!run && outcome !== "existing" && connection.scope === undefined)
    connection.log("hint", "no run is linked, call `await ln.track()` first to know where it came from");
}

/** The plan of an internal artifact: a report, an environment, a bundle. */
export function internalPlan(connection: Connection, content: Content, description: string): Plan {
  const { branch, space } = connection.places;
  return {
    content,
    key: undefined,
    description,
    kind: "report",
    version: undefined,
    revises: undefined,
    run: null,
    branch,
    space,
    labels: {},
    internal: true,
  };
}

/** Saves an internal artifact. */
export async function saveInternal(connection: Connection, content: Content, description: string): Promise<Row> {
  const [saved] = await attempt(connection, async () => [internalPlan(connection, content, description)]);
  return (saved as Saved).row;
}

/** One artifact for each file of a folder, in the order of their keys. */
export async function saveFolderFiles(
  connection: Connection,
  folder: unknown,
  options: SaveOptions = {},
): Promise<Row[]> {
  const common = await checkOptions(connection, options);
  const path = pathOf(folder);
  if (path === undefined)
    throw new LinealError("invalid", "saveDir needs the path of a folder", {
      hint: 'Write ln.Artifact.saveDir("./results").',
    });
  if (!existsSync(path))
    throw new LinealError("not-found", `there is no folder ${folder}`, {
      hint: `Check the path; the working directory is ${process.cwd()}.`,
    });
  if (!statSync(path).isDirectory())
    throw new LinealError("invalid", `${folder} is a file`, { hint: "Use ln.Artifact.save for one file." });
  if (options.version !== undefined || options.revises !== undefined)
    throw new LinealError("invalid", "saveDir takes no version of one artifact", {
      hint: "Leave version and revises out.",
    });
  const files = (await walkFolder(path)).sort();
  const place = isRoot(connection, path) ? undefined : placeOf(connection, path);
  const prefix = options.key ?? (place ? place.key : isRoot(connection, path) ? "" : basename(path));
  const rows: Row[] = [];
  const bar = progress(`saving ${basename(path)}`);
  const keyOf = (file: string): string => (prefix === "" ? file : `${prefix}/${file}`);
  const read = place || isRoot(connection, path) ? inPlace : copied;
  for (const file of files) validateKey(keyOf(file));
  for (let i = 0; i < files.length; i += STORED) {
    const batch = files.slice(i, i + STORED);
    const contents = await read(connection, path, batch);
    for (let j = 0; j < batch.length; j += CHUNK) {
      const chunk = batch.slice(j, j + CHUNK);
      let ready: Content[] | undefined = contents.slice(j, j + CHUNK);
      const saved = await attempt(connection, async () => {
        const plans = (ready ?? (await read(connection, path, chunk))).map((content, k) => ({
          ...common,
          content,
          key: keyOf(chunk[k] as string),
        }));
        ready = undefined; // a second attempt finds that the bytes are gone
        return plans;
      });
      rows.push(...saved.map((s) => s.row));
      bar.update(rows.length, undefined);
    }
  }
  bar.stop();
  hashes().flush();
  connection.log("info", `saved ${rows.length} artifacts from ${relative(process.cwd(), path) || "."}`);
  return rows;
}

const isRoot = (connection: Connection, path: string): boolean =>
  connection.storages.some((s) => s.root === realpathSync(path));

async function inPlace(connection: Connection, folder: string, files: readonly string[]): Promise<Content[]> {
  const hashed = await hashAll(
    files.map((file) => join(folder, file)),
    basename(folder),
  );
  const base = placeOf(connection, join(folder, files[0] as string));
  if (!base) throw new Error("the folder is in no storage");
  const prefix = base.key.slice(0, base.key.length - (files[0] as string).length);
  return hashed.map(({ hash, stat }, i) => ({
    hash,
    hashType: "sha256",
    size: stat.size,
    suffix: suffixOf(files[i] as string),
    nFiles: null,
    storage: base.storage,
    object: undefined,
    members: [],
    placeKey: prefix + files[i],
    placeStat: { size: stat.size, mtimeNs: String(stat.mtimeNs), ino: String(stat.ino) },
    present: () => true,
  }));
}

async function copied(connection: Connection, folder: string, files: readonly string[]): Promise<Content[]> {
  const storage = connection.defaultStorage;
  const backend = await connection.backend(storage.root);
  const stored = await backend.putFiles(files.map((file) => ({ path: join(folder, file), suffix: suffixOf(file) })));
  return stored.map((one, i) => {
    const suffix = suffixOf(files[i] as string);
    const path = backend.localPath(objectKey(one.hash, suffix));
    return {
      hash: one.hash,
      hashType: "sha256",
      size: one.size,
      suffix,
      nFiles: null,
      storage,
      object: { hash: one.hash, suffix, size: one.size },
      members: [],
      placeKey: null,
      placeStat: null,
      present: () => path === undefined || existsSync(path),
    };
  });
}
