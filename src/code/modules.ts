/** The local modules of a program: the files of one's own that Node would load for its imports. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { readFileSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { codeHash, isNodeScript } from "./hash.ts";
import { type Import, importsIn } from "./imports.ts";
import { isJavaScript, parseJavaScript } from "./javascript.ts";
import { isInside, ownCodeRoots } from "./own-code.ts";

/** One file of a program. */
export interface LocalModule {
  /** Posix path from the folder of the entry (`lib/a.ts`, `../shared/b.ts`), so that a moved checkout has the same paths. */
  readonly path: string;
  readonly absolute: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly hash: string;
  /** Absent for data and for code that does not parse. */
  readonly codeHash?: string;
  /** Empty for binary files such as wasm. */
  readonly text: string;
}

/** What a program imports from its own checkout. */
export interface ModuleGraph {
  /** Sorted by path; without the entry. */
  readonly modules: readonly LocalModule[];
  /** Paths that are imported on demand, or named as files of code; they are named, not followed. */
  readonly dynamic: readonly string[];
  /** Paths that are imported and do not exist. */
  readonly missing: readonly string[];
}

type Resolve = (specifier: string, importer: string) => string | undefined;

/**
 * Follows the imports of `entry`, an absolute path without symbolic links. Installed packages, Lineal
 * itself and imports of types are left out.
 */
export async function moduleGraph(entry: string): Promise<ModuleGraph> {
  const base = dirname(entry);
  const named = (path: string): string => relative(base, path).split(sep).join("/");
  const own = ownCodeRoots();
  const isOurs = (path: string): boolean => !path.split(sep).includes("node_modules") && !isInside(path, own);
  const resolvers = await loadResolvers();
  const modules = new Map<string, LocalModule>();
  const dynamic = new Set<string>();
  const missing = new Set<string>();
  const seen = new Set([entry]);
  for (const path of seen) {
    const bytes = readFileSync(path);
    const text = bytes.includes(0) ? "" : bytes.toString("utf8");
    if (path !== entry) {
      const code = await codeHash(text, path);
      const hash = createHash("sha256").update(bytes).digest("hex");
      modules.set(path, { path: named(path), absolute: path, hash, ...(code && { codeHash: code }), text });
    }
    for (const { specifier, kind } of await importsOf(text, path)) {
      if (isBuiltin(specifier) || /^lineal(\/|$)/.test(specifier)) continue;
      // `new URL("x.js", …)` means a file, where an import of "x.js" means a package.
      const wanted = kind === "url" && !/^[./]|^\w+:/.test(specifier) ? `./${specifier}` : specifier;
      const file = resolvers[kind](wanted, path);
      if (file === undefined) {
        const target = kind === "url" ? undefined : pathOf(wanted, path);
        if (target) (kind === "dynamic" ? dynamic : missing).add(named(target));
      } else if (!isOurs(file)) continue;
      else if (kind === "dynamic") dynamic.add(named(file));
      else if (kind === "url") isJavaScript(file) && dynamic.add(named(file));
      else seen.add(file);
    }
  }
  const sorted = [...modules.values()].sort((a, b) => byBytes(a.path, b.path));
  for (const { path } of sorted) dynamic.delete(path);
  return { modules: sorted, dynamic: [...dynamic].sort(byBytes), missing: [...missing].sort(byBytes) };
}

/** What a file imports; nothing when it is no code, or does not parse. */
async function importsOf(text: string, path: string): Promise<Import[]> {
  if (!isJavaScript(path) && !isNodeScript(text)) return [];
  try {
    return importsIn(await parseJavaScript(text, path, { lenient: true }));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return [];
    throw error;
  }
}

/** The absolute path that a specifier means, whether there is a file or not; undefined for the name of a package. */
function pathOf(specifier: string, importer: string): string | undefined {
  if (!/^(\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) return undefined;
  try {
    return fileURLToPath(new URL(specifier, pathToFileURL(importer)));
  } catch {
    return undefined;
  }
}

/** By the rules of Node, and of TypeScript for suffixes. */
async function loadResolvers(): Promise<Record<Import["kind"], Resolve>> {
  const { ResolverFactory, CachedInputFileSystem } = (await import("enhanced-resolve")).default;
  const fileSystem = new CachedInputFileSystem(fs, 4000);
  const resolver = (condition: "import" | "require"): Resolve => {
    const made = ResolverFactory.createResolver({
      fileSystem,
      useSyncFileSystemCalls: true,
      conditionNames: ["node", "module-sync", condition],
      mainFields: ["main"],
      extensions: [".js", ".json", ".node", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".tsx", ".jsx"],
      extensionAlias: {
        ".js": [".js", ".ts", ".tsx"],
        ".jsx": [".jsx", ".tsx"],
        ".mjs": [".mjs", ".mts"],
        ".cjs": [".cjs", ".cts"],
      },
    });
    return (specifier, importer) => {
      try {
        const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : specifier;
        const found = made.resolveSync(
          {},
          dirname(importer),
          path.replace(/[?#].*$/s, (part, at) => (at > 0 ? "" : part)),
        );
        return found === false ? undefined : realpathSync(found);
      } catch {
        return undefined;
      }
    };
  };
  const [imported, required] = [resolver("import"), resolver("require")];
  return { static: imported, dynamic: imported, url: imported, require: required };
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
