/** The environments of runs as tables of names and versions, and in what two of them differ. */
import { select } from "../../db/select.ts";
import { everything } from "../../db/viewer.ts";
import type { Connection } from "../../instance/connection.ts";
import { changed } from "../../lineage/answers/differences.ts";
import { make, type Of } from "../record/classes.ts";

/** Runtime, platform, flags and package versions, by name. */
export type Environment = Readonly<Record<string, string>>;

interface Stored {
  readonly runtime?: { readonly name: string; readonly version: string };
  readonly platform?: Readonly<Record<string, string>>;
  readonly packages?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** Reads an environment that was kept. */
export async function readEnvironment(artifact: Of<"Artifact">): Promise<Environment> {
  const { runtime, platform, packages, flags = [] } = await artifact.load<Stored>({ isRunInput: false });
  return {
    ...(runtime ? { [runtime.name]: runtime.version } : {}),
    ...platform,
    ...(flags.length > 0 ? { flags: flags.join(" ") } : {}),
    ...packages,
  };
}

/** Environments by the hashes of their descriptions; what cannot be read any more is left out. */
export async function environmentsOf(
  connection: Connection,
  hashes: readonly string[],
): Promise<Map<string, Environment>> {
  const found = new Map<string, Environment>();
  if (hashes.length === 0) return found;
  const rows = await connection.read(() =>
    select(connection.database.dialect, everything, {
      name: "Artifact",
      where: [{ hash: { in: [...new Set(hashes)] } }],
    }),
  );
  for (const row of rows) {
    const hash = row.hash as string;
    if (!row.internal || found.has(hash)) continue;
    const environment = await readEnvironment(make(connection, "Artifact", row)).catch(() => undefined);
    if (environment) found.set(hash, environment);
  }
  return found;
}

/** How many differences a sentence names. */
const NAMED = 3;

/** What another environment has, for a sentence: `another environment: zod 4.0.0 → 4.1.0`; undefined when the two are alike. */
export function anotherEnvironment(a: Environment | undefined, b: Environment | undefined): string | undefined {
  if (!a || !b) return "another environment";
  const found = changed(a, b);
  if (!found) return undefined;
  const named = [
    ...Object.entries(found.changed).map(([name, pair]) => `${name} ${pair.a} → ${pair.b}`),
    ...Object.entries(found.added).map(([name, version]) => `${name} ${version} added`),
    ...Object.entries(found.removed).map(([name, version]) => `${name} ${version} removed`),
  ];
  const more = named.length - NAMED;
  return `another environment: ${(more > 1 ? [...named.slice(0, NAMED), `${more} more`] : named).join(", ")}`;
}
