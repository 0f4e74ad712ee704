/** Reads the package versions out of the lock files of npm, pnpm, yarn, bun and deno. */

/** Versions by package name. A package that is installed more than once has all its versions, the top one first: `2.0.0, 1.4.1`. */
export type PackageVersions = Record<string, string>;

/** The lock files we read, in the order in which they are looked for in a folder. */
export const lockfileNames = [
  "npm-shrinkwrap.json",
  "package-lock.json",
  "pnpm-lock.yaml",
  "yarn.lock",
  "bun.lock",
  "deno.lock",
] as const;

type Found = Iterable<readonly [name: string, version: string]>;

/** The packages a lock file installs on this platform, sorted by name. Throws when the file cannot be read as what its name says. */
export async function readLockfile(name: (typeof lockfileNames)[number], text: string): Promise<PackageVersions> {
  return collect(await readers[name](text));
}

const readers: Record<(typeof lockfileNames)[number], (text: string) => Found | Promise<Found>> = {
  "npm-shrinkwrap.json": readNpm,
  "package-lock.json": readNpm,
  "pnpm-lock.yaml": readPnpm,
  "yarn.lock": readYarn,
  "bun.lock": readBun,
  "deno.lock": readDeno,
};

function collect(found: Found): PackageVersions {
  const versions = new Map<string, Set<string>>();
  for (const [name, version] of found) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  const names = [...versions.keys()].sort();
  return Object.fromEntries(names.map((name) => [name, [...(versions.get(name) ?? [])].join(", ")]));
}

type Platformed = { os?: string[]; cpu?: string[] };

function fitsPlatform({ os, cpu }: Platformed): boolean {
  return fits(os, process.platform) && fits(cpu, process.arch);
}

function fits(allowed: string[] | undefined, here: string): boolean {
  if (allowed === undefined || allowed.length === 0 || allowed.includes("any")) return true;
  if (allowed.includes(`!${here}`)) return false;
  return allowed.includes(here) || allowed.every((name) => name.startsWith("!"));
}

type NpmEntry = Platformed & { version?: string; name?: string; link?: boolean; extraneous?: boolean };

function readNpm(text: string): Found {
  const { packages } = JSON.parse(text) as { packages: Record<string, NpmEntry> };
  const marker = "node_modules/";
  const installed = Object.entries(packages).filter(
    ([path, entry]) =>
      path.includes(marker) && entry.version !== undefined && !entry.link && !entry.extraneous && fitsPlatform(entry),
  );
  const depth = (path: string) => path.split(marker).length;
  installed.sort(([a], [b]) => depth(a) - depth(b) || (a < b ? -1 : 1));
  return installed.map(
    ([path, entry]) => [path.slice(path.lastIndexOf(marker) + marker.length), entry.version ?? ""] as const,
  );
}

async function readPnpm(text: string): Promise<Found> {
  const { parse } = await import("yaml");
  const { packages } = parse(text) as {
    packages?: Record<string, (Platformed & { name?: string; version?: string }) | null>;
  };
  return Object.entries(packages ?? {}).flatMap(([key, entry]) => {
    if (!fitsPlatform(entry ?? {})) return [];
    // `name@1.0.0` (9), `/name@1.0.0(peer)` (6), `/name/1.0.0_peer` (5)
    const plain = key.replace(/^\//, "").replace(/\(.*$/, "");
    const split = /^((?:@[^/]+\/)?[^/@]+)\/(\d[^_]*)/.exec(plain) ?? /^((?:@[^/]+\/)?[^/@]+)@(.+)$/.exec(plain);
    const name = entry?.name ?? split?.[1];
    const version = entry?.version ?? split?.[2];
    return name === undefined || version === undefined ? [] : [[name, version] as const];
  });
}

/** Both generations of yarn: an unindented line names what is asked for, an indented one the version it got. */
function* readYarn(text: string): Generator<readonly [string, string]> {
  let name: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const head = /^"?([^\s#"][^"]*?)"?(?:,.*)?:$/.exec(line)?.[1];
    if (head !== undefined)
      name = head.startsWith("__metadata") ? undefined : head.slice(0, Math.max(0, head.indexOf("@", 1)));
    const version = /^ {2}version:? "?([^"\s]+)"?$/.exec(line)?.[1];
    if (name && version !== undefined && version !== "0.0.0-use.local") yield [name, version];
  }
}

function readBun(text: string): Found {
  // JSON with comments and trailing commas; strings are matched first so that they stay as they are
  const json = text.replace(
    /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\/|,(?=\s*[}\]])/g,
    (_, string: string | undefined) => string ?? "",
  );
  const { packages } = JSON.parse(json) as { packages?: Record<string, [string, ...unknown[]]> };
  const entries = Object.entries(packages ?? {}).sort(([a], [b]) => a.split("/").length - b.split("/").length);
  return entries.flatMap(([, [id, ...rest]]) => {
    const about = rest.find(
      (item): item is { os?: string | string[]; cpu?: string | string[] } => typeof item === "object" && item !== null,
    );
    const list = (value: string | string[] | undefined) => (typeof value === "string" ? [value] : value);
    return id.includes("@workspace:") || !fitsPlatform({ os: list(about?.os), cpu: list(about?.cpu) } as Platformed)
      ? []
      : nameAndVersion(id);
  });
}

function readDeno(text: string): Found {
  type Table = Record<string, unknown>;
  const lock = JSON.parse(text) as { npm?: Table; jsr?: Table; packages?: { npm?: Table; jsr?: Table } };
  const npm = Object.keys(lock.npm ?? lock.packages?.npm ?? {}).flatMap((id) => nameAndVersion(id.replace(/_.*$/, "")));
  const jsr = Object.keys(lock.jsr ?? lock.packages?.jsr ?? {}).flatMap((id) => nameAndVersion(id));
  return [...npm, ...jsr.map(([name, version]) => [`jsr:${name}`, version] as const)];
}

function nameAndVersion(id: string): (readonly [string, string])[] {
  const at = id.indexOf("@", 1);
  return at < 0 ? [] : [[id.slice(0, at), id.slice(at + 1)]];
}
