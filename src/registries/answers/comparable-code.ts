/** Code hashes that can be compared: those of a family of transforms, made with one algorithm. */
import { areComparable } from "../../code/hash.ts";
import { type Source, storedCodeHash } from "../../code/source.ts";
import type { TransformFacts } from "../../db/provenance.ts";
import { select } from "../../db/select.ts";
import { redactSource } from "../../ground/redact.ts";
import type { Connection } from "../../instance/connection.ts";
import { make } from "../record/classes.ts";

/** Code hashes of transforms by uid, and of sources on disk by family; null where nothing can be compared. */
export interface ComparableCode {
  readonly versions: ReadonlyMap<string, string | null>;
  readonly disk: ReadonlyMap<string, string | null>;
}

/**
 * The code hashes of these versions, and of their sources on disk. Where a family has hashes of several algorithms, all
 * of it is hashed anew from the stored texts, with the algorithms of today. Those texts are redacted, so what is on disk
 * is redacted as well; a version of which a text is not there any more cannot be compared.
 */
export async function comparableCode(
  connection: Connection,
  transforms: Iterable<TransformFacts>,
  onDisk: ReadonlyMap<string, Source | string> = new Map(),
): Promise<ComparableCode> {
  const known = new Map([...transforms].map((one) => [one.uid, one]));
  const versions = new Map<string, string | null>([...known.values()].map(({ uid, code }) => [uid, code]));
  const disk = new Map<string, string | null>();
  for (const [stem, source] of onDisk) if (typeof source === "object") disk.set(stem, source.codeHash);
  for (const [stem, family] of Map.groupBy(known.values(), (one) => one.stem)) {
    const source = onDisk.get(stem);
    const hashes = [
      ...family.flatMap(({ code }) => code ?? []),
      ...(typeof source === "object" ? [source.codeHash] : []),
    ];
    if (areComparable(hashes)) continue;
    for (const one of family) versions.set(one.uid, (await hashedAnew(connection, one)) ?? null);
    if (typeof source !== "object") continue;
    const texts = Object.fromEntries(source.modules.map(({ path, text }) => [path, redactSource(text)]));
    disk.set(stem, await storedCodeHash(source.path, source.redacted, source.modules, texts));
  }
  return { versions, disk };
}

/** The code hash of a version from its stored texts; undefined when they are not there. */
async function hashedAnew(connection: Connection, { uid, key, path }: TransformFacts): Promise<string | undefined> {
  const { dialect } = connection.database;
  const [row] = await connection.read(() =>
    select(dialect, connection.viewer({ branches: "all" }), { name: "Transform", where: [{ uid }], limit: 1 }),
  );
  if (!row) return undefined;
  const transform = make(connection, "Transform", row);
  const [text, bundle] = [await transform.sourceCode, await transform.bundle];
  if (text === null || (row.modules !== null && !bundle)) return undefined;
  const texts = bundle ? await bundle.load<Record<string, string>>({ isRunInput: false }) : {};
  return storedCodeHash(path ?? key ?? "", text, transform.modules ?? [], texts);
}
