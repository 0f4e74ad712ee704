/** `lineal save`: a file or folder becomes an artifact, a source file a transform. */

import type { SaveOptions } from "../../registries/artifact/save.ts";
import { isSourceFile } from "../../code/source.ts";
import { isFolder } from "../../storage/file.ts";
import { localPath } from "../../storage/open.ts";
import { defaultConnection } from "../../instance/connect.ts";
import type { Project } from "../../registries/index.ts";
import type { CommandSource } from "../../track/source.ts";
import { command, Misuse } from "../command.ts";
import { findRecord } from "../reference.ts";
import { type AnyRecord, recordText } from "../registries.ts";

type SourceOptions = CommandSource & { project?: Project; space?: string; branch?: string };

export const definition = command({
  acts: true,
  summary:
    "save a file or a folder as an artifact, a script or notebook as a transform; in a tracked shell it becomes an output of its run",
  arguments: { file: { doc: "the file or folder" } },
  options: {
    key: { type: "string", doc: "its key: a path-like name that versions share" },
    description: { type: "string", value: "TEXT", doc: "one sentence for people" },
    kind: { type: "string", doc: "dataset, model, report … ; of a transform: script, notebook, pipeline …" },
    project: { type: "string", value: "NAME", doc: "the project it belongs to: name or uid" },
    space: { type: "string", value: "NAME", doc: "the space it is in" },
    branch: { type: "string", value: "NAME", doc: "the branch it is on" },
    registry: {
      type: "string",
      choices: ["artifact", "transform"],
      doc: "what it becomes, when the suffix does not say it right",
    },
  },
  examples: [
    "lineal save sample.fasta --key sample.fasta",
    'lineal save results/ --key run-7 --description "Counts of run 7"',
    "lineal save ingest.ts",
  ],
  async run({ args: { file }, options }) {
    const path = localPath(file);
    const folder = isFolder(path);
    if (folder === undefined)
      throw new Misuse(`there is no file ${file}`, "give the path of a file or folder that exists");
    const registry = options.registry ?? (!folder && isSourceFile(path) ? "transform" : "artifact");
    const project = options.project === undefined ? undefined : (await findRecord(options.project, ["Project"])).record;
    const name = registry === "artifact" ? "Artifact" : "Transform";
    const { key, description, kind, space, branch } = options;
    const given = Object.fromEntries(
      Object.entries({ key, description, kind, space, branch, project }).filter(([, value]) => value !== undefined),
    );
    const record = registry === "artifact" ? await saveFile(path, given) : await saveSource(path, given);
    return { note: `→ saved ${recordText(name, record)}`, json: record.toJSON() };
  },
});

async function saveFile(file: string, given: SaveOptions): Promise<AnyRecord> {
  const [{ Artifact }, { shellRun }] = await Promise.all([
    import("../../index.ts"),
    import("../../track/hosts/shell.ts"),
  ]);
  const run = await shellRun(await defaultConnection());
  return Artifact.save(file, { ...given, ...(run && { run }) });
}

/** In a tracked shell a new version counts as made by its run. */
async function saveSource(file: string, given: SourceOptions): Promise<AnyRecord> {
  const [{ shellRun }, { commandSource }, { saveTransform }] = await Promise.all([
    import("../../track/hosts/shell.ts"),
    import("../../track/source.ts"),
    import("../../registries/runs/transforms.ts"),
  ]);
  const { space, branch, project, ...said } = given;
  const connection = await defaultConnection();
  const run = await shellRun(connection);
  const { transform } = await commandSource(connection, file, { ...said, published: false });
  const saved = await saveTransform(connection, transform, run);
  if (space !== undefined || branch !== undefined)
    await saved.update({ ...(space === undefined ? {} : { space }), ...(branch === undefined ? {} : { branch }) });
  if (project) await saved.projects.add(project);
  return saved;
}
