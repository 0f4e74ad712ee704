/** What of a program has changed: its own file, a local module, or one that it imports on demand. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, extname, join, resolve, sep } from "node:path";
import { readSource, type Source } from "../../code/source.ts";
import { astHash, isCode } from "../../code/syntax.ts";
import type { OnDemand, Provenance, RunFacts, SourceText, TransformFacts } from "../../db/provenance.ts";
import type { ChangedCode } from "../../lineage/answers/staleness.ts";

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
  /** By transform. */
  readonly #known = new Map<number, Change | undefined>();

  constructor(facts: Provenance, onDisk: ReadonlyMap<string, Source | string>) {
    this.#facts = facts;
    this.#onDisk = onDisk;
  }

  of(run: RunFacts): ChangedCode | undefined {
    const transform = this.#facts.transforms.get(run.transform);
    if (!transform) return undefined;
    if (!this.#known.has(transform.id)) this.#known.set(transform.id, this.#static(transform));
    return (
      this.#known.get(transform.id) ?? (this.#facts.onDemand.has(run.id) ? this.#dynamic(run, transform) : undefined)
    );
  }

  /** Uids of the versions whose sources say which files have changed. */
  sources(): string[] {
    return [...this.#known.values()].flatMap((change) => (change ? [change.uid, change.subject] : []));
  }

  /** Says which files have changed, where it was not the file of the program alone. */
  async explain(sources: ReadonlyMap<string, SourceText>): Promise<void> {
    for (const [id, change] of this.#known) {
      const transform = this.#facts.transforms.get(id);
      if (!transform || !change) continue;
      const onDisk = change.subject === change.uid;
      const disk = this.#onDisk.get(transform.stem);
      const now = !onDisk
        ? sources.get(change.subject)
        : typeof disk === "object"
          ? {
              text: disk.redacted,
              modules: disk.modules.map(({ path, hash, astHash }) => ({
                path,
                hash,
                ...(astHash ? { codeHash: astHash } : {}),
              })),
            }
          : undefined;
      const then = sources.get(change.uid);
      const name = transform.key ?? transform.uid;
      const files = then && now ? await changedFiles(name, then, now) : [];
      change.detail = sentence(name, onDisk && typeof disk === "object" ? asOnDisk(name, files, disk) : files, onDisk);
    }
  }

  #static({ uid, stem, code }: TransformFacts): Change | undefined {
    if (code === null) return undefined;
    const current = this.#facts.current.get(stem);
    const registered = current?.code ?? code;
    const disk = this.#onDisk.get(stem);
    const now = disk === undefined ? registered : typeof disk === "string" ? disk : disk.codeHash;
    if (now === code) return undefined;
    return { uid, subject: registered === now && current ? current.uid : uid, detail: "" };
  }

  #dynamic(run: RunFacts, { uid, key, stem }: TransformFacts): ChangedCode | undefined {
    const then = this.#facts.onDemand.get(run.id);
    const current = this.#facts.current.get(stem);
    const last = current?.goodRun == null ? undefined : this.#facts.onDemand.get(current.goodRun);
    const disk = this.#onDisk.get(stem);
    const modules = typeof disk === "object" ? disk.dynamic : last?.modules;
    if (!then || !modules) return undefined;
    // What could not be imported then is no change: who names it has changed, or a file more fits a computed path.
    const now = new Map(modules.map((module) => [module.path, module]));
    const changed = then.modules.filter(({ path, codeHash }) => (now.get(path)?.codeHash ?? null) !== codeHash);
    if (changed.length === 0) return undefined;
    const lately = byCode(last?.modules ?? []);
    const ran = last !== undefined && changed.every(({ path }) => lately.get(path) === now.get(path)?.codeHash);
    const isThere = (path: string): boolean =>
      typeof disk !== "object" || existsSync(resolve(dirname(disk.path), path));
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
const byBytes = ({ modules }: SourceText): Hashes => new Map(modules.map(({ path, hash }) => [path, hash]));

/** By what their code does, where that is known of both; comments are no change beside that of another module. */
function hashesBeside({ modules }: SourceText, others: SourceText): Hashes {
  const known = new Set(others.modules.flatMap(({ path, codeHash }) => (codeHash ? [path] : [])));
  return new Map(modules.map(({ path, hash, codeHash }) => [path, codeHash && known.has(path) ? codeHash : hash]));
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
  const same =
    then.text === now.text || (await astHash(then.text, key)) === ((await astHash(now.text, key)) ?? now.text);
  if (!same) return [{ path: key, how: "changed" }, ...modules];
  if (modules.length > 0) return modules;
  // Of modules only names have changed that some file looks at.
  const named = differing(byBytes(then), byBytes(now));
  return named.length > 0 ? named : [{ path: key, how: "changed" }];
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
  if (isBroken(disk.path, disk)) return [{ path: name, how: "broken" }];
  const broken = new Set(disk.modules.filter((module) => isBroken(module.path, module)).map(({ path }) => path));
  const stem = (path: string): string => path.slice(0, path.length - extname(path).length);
  const missing = new Set(disk.missing.map(stem));
  return files.flatMap(({ path, how }): Differing[] => {
    if (broken.has(path)) return [{ path, how: "broken" }];
    // `./a.js` may have been a.ts
    if (how === "removed" && missing.has(stem(path))) return [{ path, how: "missing" }];
    return how === "removed" && broken.size > 0 ? [] : [{ path, how }];
  });
}

const isBroken = (path: string, file: { astHash?: string | undefined }): boolean =>
  (isCode(path) || extname(path) === ".py") && file.astHash === undefined;

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
export async function codeOnDisk(
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
      !statSync(path, { throwIfNoEntry: false })?.isFile() ||
      isAnother(path, tracked)
    )
      continue;
    // Most files are as they were: those need no parsing.
    const same =
      file !== null &&
      !(goodRun !== null && onDemand.has(goodRun)) &&
      createHash("sha256").update(readFileSync(path)).digest("hex") === file;
    found.set(stem, same ? code : await readSource(path));
  }
  return found;
}

/** Outside of the dev-dir a key is only a name: another script may lie in its place. One that is not here any more was moved with its folder. */
function isAnother(path: string, tracked: string | null): boolean {
  return (
    tracked !== null &&
    statSync(tracked, { throwIfNoEntry: false }) !== undefined &&
    realpathSync(tracked) !== realpathSync(path)
  );
}
