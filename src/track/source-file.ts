/** A source file as a transform: read, keyed by dev-dir, its local modules kept as one text. */
import { redactSource } from "../ground/redact.ts";
import { keyFor, kindOfFile, readSource, type Source } from "../code/source.ts";
import type { Connection } from "../instance/connection.ts";
import { settings } from "../registries/settings.ts";
import { keepText } from "../registries/runs/runs.ts";
import type { TransformSpec } from "../registries/runs/transforms.ts";
import { findBlobCommit } from "./git.ts";

/** What was read of a source file. */
export interface SourceFile {
  readonly spec: Omit<TransformSpec, "uid">;
  /** As it is in the file, secrets included. */
  readonly text: string;
  /** Local modules that are imported on demand. */
  readonly dynamic: Source["dynamic"];
}

/** Reads a source file. `key` goes before the one that its place gives; `published` looks it up in the repository that is set. */
export async function describeSource(
  connection: Connection,
  file: string,
  options: { key: string | undefined; published: boolean },
): Promise<SourceFile> {
  const source = await readSource(file);
  const { key, outsideDevDir } = keyFor(file, connection.settings.devDir);
  if (outsideDevDir && options.key === undefined)
    connection.log("warning", `${file} lies outside the dev-dir ${connection.settings.devDir}: its key is ${key}`);
  for (const { path, lines } of source.computed) {
    connection.log(
      "warning",
      `${path} imports a module by a computed path (${lines.map((line) => `line ${line}`).join(", ")}): changes in it are not seen by status`,
    );
  }
  const modules = source.modules.map(({ path, hash, astHash }) => ({
    path,
    hash,
    ...(astHash ? { codeHash: astHash } : {}),
  }));
  const texts = Object.fromEntries(source.modules.map((module) => [module.path, redactSource(module.text)]));
  const bundle =
    modules.length > 0
      ? await keepText(connection, JSON.stringify(texts), ".json", "local modules of a transform")
      : null;
  const repository = options.published && !file.endsWith(".ipynb") ? settings.syncGitRepo : undefined;
  const published = repository ? await findBlobCommit(file, repository, { cacheDir: settings.cacheDir }) : undefined;
  if (published && !published.onDefaultBranch)
    connection.log("warning", `${source.path} as it is now is on no default branch of ${repository}`);
  return {
    spec: {
      key: options.key ?? key,
      kind: kindOfFile(file),
      description: source.title,
      reference: published && { url: published.url, type: "url" },
      source: {
        text: source.redacted,
        hash: source.versionHash,
        codeHash: source.codeHash,
        modules,
        path: source.path,
        bundle,
      },
    },
    text: source.text,
    dynamic: source.dynamic,
  };
}
