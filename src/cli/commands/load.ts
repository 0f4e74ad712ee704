/** `lineal load`: writes the file of an artifact, or the source of a transform, into dev-dir or here. */

import { LinealError } from "../../ground/errors.ts";
import { defaultConnection } from "../../instance/connect.ts";
import type { Name } from "../../model/index.ts";
import type { Artifact, Transform } from "../../registries/index.ts";
import { command, Misuse, suggestion } from "../command.ts";
import { findRecord } from "../reference.ts";
import { findRegistryName } from "../registries.ts";
import { requireTarget } from "../target.ts";
import { placeFile, placeText, targetPath } from "../write-file.ts";

const loadable: readonly Name[] = ["Artifact", "Transform"];

export const definition = command({
  acts: true,
  summary:
    "fetch the file of an artifact or the source of a transform into dev-dir or here; in a tracked shell the artifact becomes an input of its run",
  arguments: {
    registry: { doc: "artifact or transform, when REF alone does not say", optional: true },
    ref: { doc: "uid, beginning of a uid, key or URL", optional: true },
  },
  options: {
    key: { type: "string", doc: "the key" },
    uid: { type: "string", doc: "the uid or its beginning" },
    output: { type: "string", short: "o", value: "PATH", doc: "the file to write, or the directory to write into" },
    force: { type: "boolean", doc: "overwrite a file that is there" },
  },
  examples: [
    "lineal load figures/matrixplot.png",
    "lineal load artifact --key sample.fasta -o ./inputs/",
    "lineal load transform --uid VpL0JhiF",
  ],
  async run({ args, options }) {
    const { registries, reference } = meaning(args, options);
    const { name, record } = await findRecord(reference, registries);
    const base = requireTarget().devDir ?? process.cwd();
    const path =
      name === "Artifact"
        ? await fetchArtifact(record as unknown as Artifact, base, options)
        : await fetchSource(record as unknown as Transform, base, options);
    return { note: `→ ${name.toLowerCase()} is here: ${path}`, json: { path, record: record.toJSON() } };
  },
});

interface Options {
  key: string | undefined;
  uid: string | undefined;
  output: string | undefined;
  force: boolean;
}

function meaning(
  args: { registry: string | undefined; ref: string | undefined },
  { key, uid }: Options,
): { registries: readonly Name[]; reference: string } {
  const name = args.registry === undefined ? undefined : findRegistryName(args.registry);
  const given = key ?? uid;
  const isRegistry = name !== undefined && loadable.includes(name) && (args.ref !== undefined || given !== undefined);
  const words = isRegistry ? [args.ref] : [args.registry, args.ref];
  const all = [...words, key, uid].filter((word) => word !== undefined);
  if (!isRegistry && args.ref !== undefined) {
    const near = suggestion(
      args.registry ?? "",
      loadable.map((known) => known.toLowerCase()),
    );
    throw new Misuse(
      `'${args.registry}' cannot be loaded`,
      near === undefined ? "artifacts and transforms can: lineal load artifact REF" : `did you mean ${near}?`,
    );
  }
  if (all.length !== 1)
    throw new Misuse(
      all.length === 0 ? "REF is missing" : "too many references",
      "give one: REF, --key KEY or --uid UID",
    );
  return { registries: isRegistry && name ? [name] : loadable, reference: all[0] as string };
}

async function fetchArtifact(artifact: Artifact, base: string, options: Options): Promise<string> {
  const { shellRun } = await import("../../track/hosts/shell.ts");
  const run = await shellRun(await defaultConnection());
  const target = targetPath(base, artifact.key ?? `${artifact.uid}${artifact.suffix}`, options.output);
  const cached = await artifact.cache({ isRunInput: run });
  await placeFile(cached, target, options.force);
  return target;
}

async function fetchSource(transform: Transform, base: string, options: Options): Promise<string> {
  const text = await transform.sourceCode;
  if (text === null)
    throw new LinealError("not-found", `the transform ${transform.key ?? transform.uid} has no source`, {
      hint: "Only tracked scripts and saved source files have one.",
    });
  const target = targetPath(base, transform.key ?? transform.uid, options.output);
  await placeText(text, target, options.force);
  return target;
}
