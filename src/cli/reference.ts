/** Which record a reference means: a uid or its beginning, a key or name, a URL, or `artifact:UID`. */

import { LinealError } from "../ground/errors.ts";
import { isUrl } from "../ground/url.ts";
import { defaultConnection } from "../instance/connect.ts";
import { model, type Name, names } from "../model/index.ts";
import { goneThen } from "../registries/record/as-of.ts";
import { gone } from "../registries/record/get.ts";
import { type AnyRecord, findRegistryName, openRegistry, recordText } from "./registries.ts";

/** A record and the registry it was found in. */
export interface Found {
  name: Name;
  record: AnyRecord;
}

/** What runs take and make. */
export const DATA: readonly Name[] = ["Artifact", "Collection", "Record"];
/** A uid or its beginning. */
const UID = /^[0-9A-Za-z]{4,20}$/;
const usual: readonly Name[] = ["Artifact", "Transform", "Run", "Collection"];
const others = names.filter((name) => !usual.includes(name));

/** The one record that `reference` means, or meant at a time, in `registries` or in any; `not-found` or `ambiguous` otherwise. */
export async function findRecord(reference: string, registries?: readonly Name[], asOf?: string): Promise<Found> {
  const { name, id } = read(reference);
  if (name !== undefined && registries && !registries.includes(name)) throw elsewhere(reference, name, registries);
  const rounds = name !== undefined ? [[name]] : registries ? [registries] : [usual, others];
  for (const round of rounds) {
    const found = (
      await Promise.all(
        round.map((registry) => (asOf === undefined ? matches(registry, id) : matchesThen(registry, id, asOf))),
      )
    ).flat();
    // What is called exactly so comes before what merely begins so.
    const best = found.some((match) => match.exact) ? found.filter((match) => match.exact) : found;
    if (best.length === 1) return best[0] as Found;
    if (best.length > 1) throw several(reference, best);
  }
  for (const registry of rounds.flat()) {
    const connection = await defaultConnection();
    const lost =
      asOf !== undefined
        ? await goneThen(connection, registry, titleIn(id), asOf)
        : UID.test(id)
          ? await gone(connection, registry, id)
          : undefined;
    if (lost) throw lost;
  }
  for (const registry of registries && name === undefined && asOf === undefined ? usual : []) {
    if (registries?.includes(registry)) continue;
    const [other] = await matches(registry, id).catch(() => []);
    if (other) throw elsewhere(reference, registry, registries ?? []);
  }
  const where = name ?? (registries && new Intl.ListFormat("en-GB", { type: "disjunction" }).format(registries));
  throw new LinealError(
    "not-found",
    `nothing ${asOf === undefined ? "is" : "was"} called '${reference}'${where === undefined ? "" : ` among ${where}`}${asOf === undefined ? "" : ` at ${asOf}`}`,
    {
      hint: lookFor(name ?? registries?.[0] ?? "Artifact", id),
    },
  );
}

const elsewhere = (reference: string, name: Name, registries: readonly Name[]): LinealError =>
  new LinealError("invalid", `${reference} is in the registry ${name}, not in ${registries.join(" or ")}`, {
    hint: "Give the uid or the key of another record.",
  });

/** A key as people complete it in a shell. */
const titleIn = (id: string): string => id.replace(/^\.\//, "");

/** What people know by another row has seldom a name to search for. */
const lookFor = (name: Name, id: string): string =>
  model[name].knownBy
    ? `See what there is: lineal list ${name.toLowerCase()}`
    : `Look for it: lineal search ${name.toLowerCase()} '${id}'`;

/** `https://host/…/artifact/UID` and `artifact:UID` say the registry; anything else is an id. */
function read(reference: string): { name?: Name; id: string } {
  const form = isUrl(reference) ? /\/([A-Za-z]+)\/([0-9A-Za-z]+)\/?(?:[?#].*)?$/ : /^([A-Za-z]+):([0-9A-Za-z]+)$/;
  const [, kind, uid] = form.exec(reference) ?? [];
  const name = kind === undefined ? undefined : findRegistryName(kind);
  return name === undefined || uid === undefined ? { id: reference } : { name, id: uid };
}

async function matches(name: Name, id: string): Promise<(Found & { exact: boolean })[]> {
  const registry = await openRegistry(name);
  const { title, versioned } = model[name];
  const titled = await registry
    .filter({ [title]: { eq: titleIn(id) }, ...(versioned ? { isLatest: true } : {}) })
    .limit(9);
  const records = titled.map((record) => ({ name, record, exact: true }));
  if (!UID.test(id)) return records;
  try {
    const record = await registry.get(id);
    if (!records.some((known) => known.record.uid === record.uid))
      records.push({ name, record, exact: record.uid === id });
  } catch (error) {
    if (!(error instanceof LinealError && error.code === "not-found") && !(records.length > 0)) throw error;
  }
  return records;
}

/** What a key or a uid meant at a time; there is no list of what there was. */
async function matchesThen(name: Name, id: string, asOf: string): Promise<(Found & { exact: boolean })[]> {
  const registry = await openRegistry(name);
  const found: (Found & { exact: boolean })[] = [];
  for (const wanted of [{ [model[name].title]: titleIn(id) }, ...(UID.test(id) ? [id] : [])]) {
    try {
      const record = await registry.get(wanted, { asOf });
      if (!found.some((known) => known.record.uid === record.uid))
        found.push({ name, record, exact: typeof wanted !== "string" || record.uid === id });
    } catch (error) {
      if (!(error instanceof LinealError && error.code === "not-found")) throw error;
    }
  }
  return found;
}

function several(reference: string, found: readonly Found[]): LinealError {
  const shown = found.map(({ name, record }) => recordText(name, record)).join(", ");
  const { name, record } = found[0] as Found;
  return new LinealError("ambiguous", `'${reference}' may be any of ${shown}`, {
    hint: `Say which, for example: ${name.toLowerCase()}:${record.uid}`,
  });
}
