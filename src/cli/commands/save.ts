/** `lineal save`: a file or folder becomes an artifact, a source file a transform. */

import type { SaveOptions } from "../../registries/artifact/save.ts";
import { isSourceFile } from "../../code/source.ts";
import { isFolder } from "../../storage/file.ts";
import { localPath } from "../../storage/open.ts";
import { command, Misuse } from "../command.ts";
import { findRecord } from "../reference.ts";
import { type AnyRecord, recordText } from "../registries.ts";
import { recordRun } from "../shell-session.ts";
import { saveSource } from "../source-transform.ts";

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
  const run = await recordRun();
  const { Artifact } = await import("../../index.ts");
  return Artifact.save(file, { ...given, ...(run && { run }) });
}
