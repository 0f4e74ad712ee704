/** What is read of a source file, and of what is around it, for its transform and its run. */
import { keyFor, kindOfFile, readSource } from "../code/source.ts";
import { LinealError } from "../ground/errors.ts";
import { redactArgs, redactSource } from "../ground/redact.ts";
import type { Connection } from "../instance/connection.ts";
import type { TransformSpec } from "../registries/runs/transforms.ts";
import { settings } from "../registries/settings.ts";
import { describeEnvironment, environmentText } from "./environment.ts";
import { commitOf, findBlobCommit } from "./git.ts";
import type { RunFacts } from "./run.ts";

/** What was read of a source file. */
export interface SourceFile {
  readonly transform: TransformSpec;
  /** Local modules that it imports on demand: those of a run. */
  readonly dynamicModules: RunFacts["dynamicModules"];
  /** The uid that its text gives to `track`. */
  readonly uidInText: string | undefined;
}

/**
 * Reads a source file and its local modules. `key` goes before the one that the file's place gives.
 *
 * `published` looks the file up in the repository of `settings.syncGitRepo`, and refuses what is not pushed there.
 * Throws `not-found` for a file that cannot be read.
 */
export async function describeSource(
  connection: Connection,
  file: string,
  options: { readonly key?: string | undefined; readonly published: boolean },
): Promise<SourceFile> {
  const source = await readSource(file);
  const { devDir } = connection.settings;
  const { key, outsideDevDir } = keyFor(file, devDir);
  if (outsideDevDir && options.key === undefined)
    connection.log("warning", `${file} lies outside the dev-dir ${devDir}: its key is ${key}`);
  const texts = Object.fromEntries(source.modules.map((module) => [module.path, redactSource(module.text)]));
  const transform = {
    key: options.key ?? key,
    kind: kindOfFile(file),
    description: source.title,
    reference: options.published ? await publishedAt(connection, file) : undefined,
    source: {
      text: source.redacted,
      hash: source.versionHash,
      codeHash: source.codeHash,
      modules: source.modules.map(({ path, hash, codeHash }) => ({ path, hash, ...(codeHash && { codeHash }) })),
      bundle: source.modules.length > 0 ? JSON.stringify(texts) : undefined,
      path: source.path,
    },
  };
  return { transform, dynamicModules: source.dynamic, uidInText: uidInText(source.text) };
}

/** The address of the file's bytes in the repository that is to be synced with, if there is one. */
async function publishedAt(connection: Connection, file: string): Promise<TransformSpec["reference"]> {
  const repository = settings.syncGitRepo;
  if (!repository || file.endsWith(".ipynb")) return undefined;
  const { url, onDefaultBranch } = await findBlobCommit(file, repository, { cacheDir: settings.cacheDir });
  if (!onDefaultBranch) connection.log("warning", `${file} as it is now is on no default branch of ${repository}`);
  return { url, type: "url" };
}

function uidInText(text: string): string | undefined {
  return /\btrack\(\s*(?:transform\s*=\s*)?(["'])([0-9A-Za-z]{12}(?:[0-9A-Za-z]{4})?)\1/.exec(text)?.[2];
}

/** What a command line says of a transform. */
export interface CommandSource {
  readonly key?: string | undefined;
  readonly kind?: string | undefined;
  readonly description?: string | undefined;
}

/** What a command line means by a source file, or by a key alone. Throws `invalid` when it gives neither. */
export async function commandSource(
  connection: Connection,
  file: string | undefined,
  { key, kind, description, published }: CommandSource & { readonly published: boolean },
): Promise<Pick<SourceFile, "transform" | "dynamicModules">> {
  if (file !== undefined) {
    const { transform, dynamicModules, uidInText } = await describeSource(connection, file, { key, published });
    const said = { kind: kind ?? transform.kind, description: description ?? transform.description };
    return { transform: { ...transform, ...said, uid: uidInText }, dynamicModules };
  }
  if (key === undefined)
    throw new LinealError("invalid", "a transform needs a file or a key", {
      hint: "Give one: lineal track script.sh, or lineal track --key my-session",
    });
  return { transform: { key, kind: kind ?? "script", description }, dynamicModules: undefined };
}

/** What is around a run of `file`, or of a session without one: its arguments, commit, environment and calling run. */
export async function surroundings(
  file: string | undefined,
  args: readonly string[],
): Promise<Pick<RunFacts, "cliArgs" | "environment" | "gitCommit" | "gitDirty" | "initiatedByRun">> {
  return {
    ...(file === undefined ? {} : await commitOf(file)),
    cliArgs: redactArgs(args).join(" ") || undefined,
    environment: environmentText(await describeEnvironment({ entry: file, cwd: process.cwd() })),
    initiatedByRun: process.env.LINEAL_INITIATED_BY_RUN || undefined,
  };
}
