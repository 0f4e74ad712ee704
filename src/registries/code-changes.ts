/** What of a program has changed: its own file, a local module, or one that it imports on demand. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, join, resolve, sep } from "node:path";
import { readSource, type Source } from "../code/source.ts";
import { astHash } from "../code/syntax.ts";
import type { OnDemand, Provenance, RunFacts, SourceText, TransformFacts } from "../db/provenance.ts";
import type { ChangedCode } from "../lineage/stale.ts";

/** Code that has changed; which files did is told when the sources of both versions are there. */
interface Change extends ChangedCode {
  /** Uid of the version that made the output. */
  readonly uid: string;
  detail: string;
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
    return this.#known.get(transform.id) ?? (this.#facts.onDemand.has(run.id) ? this.#dynamic(run, transform) : undefined);
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
      const now = !onDisk ? sources.get(change.subject) : typeof disk === "object" ? { text: disk.redacted, modules: disk.modules } : undefined;
      const then = sources.get(change.uid);
      const files = then && now ? await changedFiles(transform.key ?? transform.uid, then, now) : [];
      const place = onDisk && typeof disk === "object" ? dirname(disk.path) : undefined;
      const gone = place === undefined ? [] : files.filter((file) => file !== transform.key && !existsSync(resolve(place, file)));
      change.detail = sentence(transform.key ?? transform.uid, files, gone, onDisk);
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
    const now = byCode(modules);
    const files = then.modules.filter(({ path, codeHash }) => (now.get(path) ?? null) !== codeHash).map(({ path }) => path);
    if (files.length === 0) return undefined;
    const lately = byCode(last?.modules ?? []);
    const ran = last !== undefined && files.every((path) => lately.get(path) === now.get(path));
    const gone = files.filter((path) => now.get(path) === null || (!now.has(path) && typeof disk === "object" && !existsSync(resolve(dirname(disk.path), path))));
    return { uid, subject: ran ? last.uid : uid, detail: sentence(key ?? uid, files, gone, !ran) };
  }
}

type Hashes = ReadonlyMap<string, string | null>;
const byCode = (modules: OnDemand["modules"]): Hashes => new Map(modules.map(({ path, codeHash }) => [path, codeHash]));
const byBytes = ({ modules }: SourceText): Hashes => new Map(modules.map(({ path, hash }) => [path, hash]));

/** The paths that only one has, or both with other hashes. */
const others = (a: Hashes, b: Hashes): string[] => [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).sort();

/** The files in which two versions of a program differ: local modules by path, its own by its key. */
export async function changedFiles(key: string, a: SourceText, b: SourceText): Promise<string[]> {
  const modules = others(byBytes(a), byBytes(b));
  // Comments in the program itself are no change beside that of a module.
  const same = modules.length > 0 && (a.text === b.text || (await astHash(a.text, key)) === ((await astHash(b.text, key)) ?? b.text));
  return same ? modules : [key, ...modules];
}

function sentence(name: string, files: readonly string[], gone: readonly string[], onDisk: boolean): string {
  const changed = files.length === 0 ? [name] : files.filter((file) => !gone.includes(file));
  const told = (some: readonly string[], one: string, more: string): string[] => {
    if (some.length === 0) return [];
    const listed = some.length === 1 ? some[0] : `${some.slice(0, -1).join(", ")} and ${some.at(-1)}`;
    return [`${listed}${some.includes(name) ? "" : `, which ${name} imports,`} ${some.length > 1 ? more : one}`];
  };
  const where = onDisk ? " on disk" : "";
  const changes = onDisk ? told(changed, "has changed on disk since", "have changed on disk since") : told(changed, "has changed", "has changed").map((one) => `the code of ${one}`);
  return [...changes, ...told(gone, `is missing${where}`, `are missing${where}`)].join("; ");
}

/** The sources that lie in the dev-dir and may be newer than any version that ran: what was read, or the code hash where nothing has changed. By family. */
export async function codeOnDisk(devDir: string | undefined, { current, onDemand }: Provenance): Promise<Map<string, Source | string>> {
  const found = new Map<string, Source | string>();
  if (devDir === undefined) return found;
  for (const { stem, key, code, file, path: tracked, goodRun } of current.values()) {
    const path = key === null || code === null ? undefined : join(devDir, key);
    if (path === undefined || code === null || !resolve(path).startsWith(resolve(devDir) + sep) || !statSync(path, { throwIfNoEntry: false })?.isFile() || isAnother(path, tracked)) continue;
    // Most files are as they were: those need no parsing.
    const same = file !== null && !(goodRun !== null && onDemand.has(goodRun)) && createHash("sha256").update(readFileSync(path)).digest("hex") === file;
    found.set(stem, same ? code : await readSource(path));
  }
  return found;
}

/** Outside of the dev-dir a key is only a name: another script may lie in its place. One that is not here any more was moved with its folder. */
function isAnother(path: string, tracked: string | null): boolean {
  return tracked !== null && statSync(tracked, { throwIfNoEntry: false }) !== undefined && realpathSync(tracked) !== realpathSync(path);
}
