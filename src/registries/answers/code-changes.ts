/** What of a program has changed: its own file, a local module, or one that it imports on demand. */
import { dirname, extname, join, resolve, sep } from "node:path";
import { codeHash, sameHash } from "../../code/hash.ts";
import { isJavaScript } from "../../code/javascript.ts";
import { readSource, type Source } from "../../code/source.ts";
import type { OnDemand, Provenance, RunFacts, SourceText, TransformFacts } from "../../db/provenance.ts";
import type { Connection } from "../../instance/connection.ts";
import { realPath, sizeOf } from "../../storage/file.ts";
import { hashFiles } from "../../storage/hash.ts";
import type { ChangedCode } from "../../lineage/answers/staleness.ts";
import { type ComparableCode, comparableCode } from "./comparable-code.ts";

/** Code that has changed; which files did is told when the sources of both versions are there. */
interface Change extends ChangedCode {
  /** Uid of the version that made the output. */
  readonly uid: string;
  detail: string;
}

/** A file in which two versions of a program differ. What is removed or added is as it was, it is imported by one of them only. */
interface Differing {
  readonly path: string;
  readonly how: "changed" | "broken" | "missing" | "removed" | "added";
}

/** Looks up whether the code of runs has changed since, and says how. */
export class CodeChanges {
  readonly #facts: Provenance;
  readonly #onDisk: ReadonlyMap<string, Source | string>;
  readonly #code: ComparableCode;
  /** By transform; `unsure` when there is nothing to compare. */
  readonly #known = new Map<number, Change | "unsure" | undefined>();

  private constructor(facts: Provenance, onDisk: ReadonlyMap<string, Source | string>, code: ComparableCode) {
    this.#facts = facts;
    this.#onDisk = onDisk;
    this.#code = code;
  }

  static async open(connection: Connection, facts: Provenance): Promise<CodeChanges> {
    const onDisk = await codeOnDisk(connection.settings.devDir, facts);
    const all = [...facts.transforms.values(), ...facts.current.values()];
    return new CodeChanges(facts, onDisk, await comparableCode(connection, all, onDisk));
  }

  of(run: RunFacts): ChangedCode | "unsure" | undefined {
    const transform = this.#facts.transforms.get(run.transform);
    if (!transform) return undefined;
    if (!this.#known.has(transform.id)) this.#known.set(transform.id, this.#static(transform));
    return (
      this.#known.get(transform.id) ?? (this.#facts.onDemand.has(run.id) ? this.#dynamic(run, transform) : undefined)
    );
  }

  /** Uids of the versions whose sources say which files have changed. */
  sources(): string[] {
    return [...this.#known.values()].flatMap((change) =>
      typeof change === "object" ? [change.uid, change.subject] : [],
    );
  }

  /** Says which files have changed, where it was not the file of the program alone. */
  async explain(sources: ReadonlyMap<string, SourceText>): Promise<void> {
    for (const [id, change] of this.#known) {
      const transform = this.#facts.transforms.get(id);
      if (!transform || typeof change !== "object") continue;
      const onDisk = change.subject === change.uid;
      const disk = this.#onDisk.get(transform.stem);
      const now = !onDisk
        ? sources.get(change.subject)
        : typeof disk === "object"
          ? {
              text: disk.redacted,
              modules: disk.modules.map(({ path, hash, codeHash }) => ({ path, hash, ...(codeHash && { codeHash }) })),
            }
          : undefined;
      const then = sources.get(change.uid);
      const name = transform.key ?? transform.uid;
      const files = then && now ? await changedFiles(name, then, now) : [];
      change.detail = sentence(name, onDisk && typeof disk === "object" ? asOnDisk(name, files, disk) : files, onDisk);
    }
  }

  /** By bytes first, then by what the code says. */
  #static({ uid, stem, hash }: TransformFacts): Change | "unsure" | undefined {
    if (hash === null) return undefined;
    const { versions } = this.#code;
    const current = this.#facts.current.get(stem);
    const disk = this.#onDisk.get(stem);
    const isOnDisk = typeof disk === "object";
    if ((isOnDisk ? disk.versionHash : (current?.hash ?? hash)) === hash) return undefined;
    const then = versions.get(uid) ?? null;
    const registered = (current && versions.get(current.uid)) ?? null;
    const now = isOnDisk ? (this.#code.disk.get(stem) ?? null) : registered;
    if (then === null || now === null) return "unsure";
    if (now === then) return undefined;
    return { uid, subject: registered === now && current ? current.uid : uid, detail: "" };
  }

  #dynamic(run: RunFacts, { uid, key, stem }: TransformFacts): ChangedCode | "unsure" | undefined {
    const then = this.#facts.onDemand.get(run.id);
    const current = this.#facts.current.get(stem);
    const last = current?.goodRun == null ? undefined : this.#facts.onDemand.get(current.goodRun);
    const disk = this.#onDisk.get(stem);
    const modules = typeof disk === "object" ? disk.dynamic : last?.modules;
    if (!then || !modules) return undefined;
    const now = new Map(modules.map((module) => [module.path, module]));
    const same = then.modules.map((module) => sameModule(module, now.get(module.path)));
    const changed = then.modules.filter((_, i) => same[i] === false);
    // Their texts are not kept: they cannot be hashed anew.
    if (changed.length === 0) return same.includes(undefined) ? "unsure" : undefined;
    const lately = byCode(last?.modules ?? []);
    const ran = last !== undefined && changed.every(({ path }) => lately.get(path) === now.get(path)?.codeHash);
    const isThere = (path: string): boolean =>
      typeof disk !== "object" || realPath(resolve(dirname(disk.path), path)) !== undefined;
    const files = new Map(
      changed.flatMap((before) =>
        filesIn(before, now.get(before.path), isThere).map((one) => [one.path, one] as const),
      ),
    );
    return { uid, subject: ran ? last.uid : uid, detail: sentence(key ?? uid, [...files.values()], !ran) };
  }
}

type Module = OnDemand["modules"][number];
type Hashes = ReadonlyMap<string, string | null>;
const byCode = (modules: OnDemand["modules"]): Hashes => new Map(modules.map(({ path, codeHash }) => [path, codeHash]));

/** Whether a module that is imported on demand is as it was. */
function sameModule(then: Module, now: Module | undefined): boolean | undefined {
  if (then.hash === (now?.hash ?? null)) return true;
  return then.codeHash === null || now?.codeHash == null ? false : sameHash(then.codeHash, now.codeHash);
}

/** By code where that can be compared, else by bytes. */
function hashesBeside({ modules }: SourceText, others: SourceText): Hashes {
  const known = new Map(others.modules.map(({ path, codeHash }) => [path, codeHash]));
  return new Map(
    modules.map(({ path, hash, codeHash }) => {
      const other = known.get(path);
      return [path, codeHash && other && sameHash(codeHash, other) !== undefined ? codeHash : hash];
    }),
  );
}

/** The paths that only one has, or both with other hashes; null is missing. */
function differing(then: Hashes, now: Hashes): Differing[] {
  const paths = [...new Set([...then.keys(), ...now.keys()])].filter((path) => then.get(path) !== now.get(path)).sort();
  return paths.map((path) => ({
    path,
    how: now.get(path) === null ? "missing" : !now.has(path) ? "removed" : then.has(path) ? "changed" : "added",
  }));
}

/** The files in which two versions of a program differ: local modules by path, its own by its key. */
export async function changedFiles(key: string, then: SourceText, now: SourceText): Promise<Differing[]> {
  const modules = differing(hashesBeside(then, now), hashesBeside(now, then));
  const [before, after] = [await codeHash(then.text, key), await codeHash(now.text, key)];
  const same = then.text === now.text || (before !== undefined && before === after);
  return same && modules.length > 0 ? modules : [{ path: key, how: "changed" }, ...modules];
}

/** The files in which a module that is imported on demand differs: itself, or what it imports. */
function filesIn(then: Module, now: Module | undefined, isThere: (path: string) => boolean): Differing[] {
  if (now?.codeHash == null) return [{ path: then.path, how: now || !isThere(then.path) ? "missing" : "removed" }];
  // One that imports nothing any more may be one that cannot be parsed.
  const files =
    then.files && now.files ? differing(new Map(Object.entries(then.files)), new Map(Object.entries(now.files))) : [];
  return files.length > 0 ? files : [{ path: then.path, how: "changed" }];
}

/** Which files cannot be parsed or found: what those import is not known, and no change. */
function asOnDisk(name: string, files: readonly Differing[], disk: Source): Differing[] {
  if (isBroken(disk.path, disk.entryHash)) return [{ path: name, how: "broken" }];
  const broken = new Set(
    disk.modules.filter((module) => isBroken(module.path, module.codeHash)).map(({ path }) => path),
  );
  const stem = (path: string): string => path.slice(0, path.length - extname(path).length);
  const missing = new Set(disk.missing.map(stem));
  return files.flatMap(({ path, how }): Differing[] => {
    if (broken.has(path)) return [{ path, how: "broken" }];
    // `./a.js` may have been a.ts
    if (how === "removed" && missing.has(stem(path))) return [{ path, how: "missing" }];
    return how === "removed" && broken.size > 0 ? [] : [{ path, how }];
  });
}

const isBroken = (path: string, hash: string | undefined): boolean =>
  (isJavaScript(path) || extname(path) === ".py") && hash === undefined;

function sentence(name: string, files: readonly Differing[], onDisk: boolean): string {
  const told = (how: Differing["how"], one: string, more = one): string[] => {
    const some = (files.length > 0 ? files : [{ path: name, how: "changed" }])
      .filter((file) => file.how === how)
      .map(({ path }) => path);
    if (some.length === 0) return [];
    const imported = how === "removed" || how === "added" || some.includes(name) ? "" : `, which ${name} imports,`;
    return [
      `${how === "changed" && !onDisk ? "the code of " : ""}${listOf(some)}${imported} ${some.length > 1 ? more : one}`,
    ];
  };
  const where = onDisk ? " on disk" : "";
  return [
    ...(onDisk
      ? told("changed", "has changed on disk since", "have changed on disk since")
      : told("changed", "has changed")),
    ...told(
      "broken",
      "has changed on disk since and cannot be parsed",
      "have changed on disk since and cannot be parsed",
    ),
    ...told("missing", `is missing${where}`, `are missing${where}`),
    ...told("removed", "is not imported any more", "are not imported any more"),
    ...told("added", "is imported now", "are imported now"),
  ].join("; ");
}

const listOf = (some: readonly string[]): string =>
  some.length === 1 ? (some[0] ?? "") : `${some.slice(0, -1).join(", ")} and ${some.at(-1)}`;

/** The sources that lie in the dev-dir and may be newer than any version that ran: what was read, or the code hash where nothing has changed. By family. */
async function codeOnDisk(
  devDir: string | undefined,
  { current, onDemand }: Provenance,
): Promise<Map<string, Source | string>> {
  const found = new Map<string, Source | string>();
  if (devDir === undefined) return found;
  for (const { stem, key, code, file, path: tracked, goodRun } of current.values()) {
    const path = key === null || code === null ? undefined : join(devDir, key);
    if (
      path === undefined ||
      code === null ||
      !resolve(path).startsWith(resolve(devDir) + sep) ||
      sizeOf(path) === undefined ||
      isAnother(path, tracked)
    )
      continue;
    // Most files are as they were: those need no parsing.
    const same =
      file !== null && !(goodRun !== null && onDemand.has(goodRun)) && (await hashFiles([path]))[0]?.hash === file;
    found.set(stem, same ? code : await readSource(path));
  }
  return found;
}

/** Outside of the dev-dir a key is only a name: another script may lie in its place. One that is not here any more was moved with its folder. */
function isAnother(path: string, tracked: string | null): boolean {
  const real = tracked === null ? undefined : realPath(tracked);
  return real !== undefined && real !== realPath(path);
}
