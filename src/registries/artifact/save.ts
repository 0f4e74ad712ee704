/** `Artifact.save` and `saveDir`: options checked, bytes stored, then one transaction. */
import { basename, join, relative } from "node:path";
import type { Row, RowRef } from "../../db/columns.ts";
import { LinealError, refuseUnknown } from "../../ground/errors.ts";
import { suffixOf } from "../../formats/index.ts";
import type { Connection } from "../../instance/connection.ts";
import { progress } from "../../instance/progress.ts";
import { checkValue, type HasUid, model, printName } from "../../model/index.ts";
import { walkFolder } from "../../storage/folder.ts";
import { validateKey } from "../../storage/keys.ts";
import { resolveRef } from "../record/draft.ts";
import { isEntry, refOf, rowOf } from "../record/row.ts";
import { commit, type Plan, type Saved } from "./commit.ts";
import { contentOf, contentOfFiles, contentOfText } from "./content.ts";
import { purge, untilBytesStay } from "./objects.ts";
import { type Content, sourceOf, suffixFor } from "./source.ts";

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

const OPTIONS = "key description kind run version revises project projects ulabels space branch".split(" ");
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
  const given = async (to: "Project" | "ULabel" | "Run" | "Branch" | "Space", what: HasUid | string, key: string) =>
    (await resolveRef(connection, to, what, key, false)) as RowRef;
  const idsOf = async (to: "Project" | "ULabel", items: readonly (HasUid | string)[]): Promise<number[]> =>
    (await Promise.all(items.map((item) => given(to, item, to)))).map(({ id }) => id);
  const projects = [...(options.projects ?? []), ...(options.project === undefined ? [] : [options.project])];
  const { run, branch, space, ulabels = [] } = options;
  const current = connection.scope?.run ?? null;
  return {
    description: options.description,
    kind: options.kind,
    version: options.version,
    revises,
    run: run === false ? null : run === undefined ? current : await given("Run", run, "run"),
    branch: branch === undefined ? connection.branches.current : await given("Branch", branch, "branch"),
    space: space === undefined ? connection.space : await given("Space", space, "space"),
    labels: { projects: await idsOf("Project", projects), ulabels: await idsOf("ULabel", ulabels) },
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
export async function saveArtifact(connection: Connection, given: unknown, options: SaveOptions = {}): Promise<Row> {
  const common = await checkOptions(connection, options);
  const source = sourceOf(connection, given);
  const path = "path" in source ? source.path : undefined;
  const location = "path" in source ? source.location : undefined;
  if (location?.key === "")
    throw new LinealError("invalid", `${path} is the storage root itself`, { hint: "Save a file or folder in it." });
  const key = options.key ?? (common.revises?.key as string | null | undefined) ?? undefined;
  if (key === undefined && !location && options.description === undefined && !common.run) {
    throw new LinealError("invalid", "an artifact needs a key, a description or a run", {
      hint: 'Write { key: "data/table.parquet" }, or call `await ln.track()` first.',
      shell: `Give it a key: --key ${path === undefined ? "KEY" : basename(path)}`,
    });
  }
  const suffix = suffixFor(source, key);
  const prepare = async (): Promise<Plan[]> => {
    const content = await contentOf(connection, source, suffix, key);
    return [{ ...common, content, key: key ?? location?.key }];
  };
  const [saved] = await savePlans(connection, prepare, source.is === "stream");
  const { row, outcome } = saved as Saved;
  logSaved(connection, row, outcome, common);
  return row;
}

/** Stores bytes, then writes rows in one transaction (`once`: the source can be read only once). */
function savePlans(connection: Connection, prepare: () => Promise<Plan[]>, once = false): Promise<Saved[]> {
  return untilBytesStay(async () => {
    const plans = await prepare();
    const writer = await connection.writer();
    const saved = await connection.write(() => commit(connection, writer, plans));
    const unused = plans.flatMap(({ content }, i) => (saved[i]?.unused ? content.objects : []));
    if (unused.length > 0) await purge(connection, { storage: connection.defaultStorage, names: unused });
    return saved;
  }, once);
}

function logSaved(connection: Connection, row: Row, outcome: Saved["outcome"], { run }: Common): void {
  const name = printName("Artifact", row);
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
  const { branches, space } = connection;
  return {
    content,
    description,
    kind: "report",
    run: null,
    branch: branches.current,
    space,
    labels: {},
    internal: true,
  };
}

/** Saves a text that belongs to Lineal itself as an internal artifact. */
export async function saveInternal(
  connection: Connection,
  text: string,
  suffix: string,
  description: string,
): Promise<Row> {
  const prepare = async (): Promise<Plan[]> => [
    internalPlan(connection, await contentOfText(connection, text, suffix), description),
  ];
  const [saved] = await savePlans(connection, prepare);
  return (saved as Saved).row;
}

/** One artifact for each file of a folder, in the order of their keys. */
export async function saveFolderFiles(
  connection: Connection,
  given: unknown,
  options: SaveOptions = {},
): Promise<Row[]> {
  const common = await checkOptions(connection, options);
  if (options.version !== undefined || options.revises !== undefined)
    throw new LinealError("invalid", "saveDir takes no version of one artifact", {
      hint: "Leave version and revises out.",
    });
  const source = sourceOf(connection, given);
  if (source.is !== "folder")
    throw new LinealError(
      "invalid",
      `saveDir needs the path of a folder${source.is === "file" ? `, not of a file: ${given}` : ""}`,
      {
        hint: 'Write ln.Artifact.saveDir("./results"); ln.Artifact.save is for one file.',
      },
    );
  const { path: folder, location } = source;
  const prefix = options.key ?? location?.key ?? basename(folder);
  const below = (start: string, file: string): string => (start === "" ? file : `${start}/${file}`);
  const files = (await walkFolder(folder)).sort().map((file) => ({
    key: below(prefix, file),
    path: join(folder, file),
    suffix: suffixOf(file),
    location: location && { storage: location.storage, key: below(location.key, file) },
  }));
  for (const { key } of files) validateKey(key);
  const rows: Row[] = [];
  const bar = progress(`saving ${basename(folder)}`);
  for (let i = 0; i < files.length; i += STORED) {
    const contents = await contentOfFiles(connection, files.slice(i, i + STORED), basename(folder));
    for (let j = 0; j < contents.length; j += CHUNK) {
      const some = files.slice(i + j, i + j + CHUNK);
      let ready: Content[] | undefined = contents.slice(j, j + CHUNK);
      const saved = await savePlans(connection, async () => {
        const now = ready ?? (await contentOfFiles(connection, some, basename(folder)));
        ready = undefined; // a second attempt finds that the bytes are gone
        return now.map((content, k) => ({ ...common, content, key: some[k]?.key }));
      });
      rows.push(...saved.map(({ row }) => row));
      bar.update(rows.length, undefined);
    }
  }
  bar.stop();
  connection.log("info", `saved ${rows.length} artifacts from ${relative(process.cwd(), folder) || "."}`);
  return rows;
}
