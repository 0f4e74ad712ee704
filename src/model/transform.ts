/** Transform: a script, notebook, pipeline, function, upload or app that runs. */
import { described, family, owned, placed } from "./common.ts";
import { json, link, newest, oneOf, ref, registry, text } from "./field.ts";

export const Transform = registry({
  uid: 16,
  versioned: true,
  doc: "A script, notebook, pipeline, function, upload or app that runs.",
  columns: {
    ...family,
    key: text({
      optional: true,
      index: true,
      max: 1024,
      needed: '{ key: "Cell Ranger", kind: "pipeline" }',
      doc: "Path relative to dev-dir, or a name.",
    }),
    kind: oneOf(
      "script",
      "notebook",
      "pipeline",
      "function",
      "upload",
      "app",
    )({ default: "pipeline", doc: "What it is." }),
    ...described,
    sourceCode: text({ optional: true, lazy: true, doc: "Its text, with secrets blanked out." }),
    hash: text({ optional: true, editable: false, index: true, doc: "Of the original source and its local modules." }),
    codeHash: text({
      optional: true,
      editable: false,
      doc: "Like hash, but blind to comments, layout and types; it begins with the name of its algorithm.",
    }),
    modules: json<{ path: string; hash: string; codeHash?: string }[]>()({
      optional: true,
      editable: false,
      minor: true,
      doc: "The local modules it imports: the hash of their bytes, and of what their code does.",
    }),
    bundle: ref("Artifact", { optional: true, editable: false, doc: "The texts of the local modules." }),
    run: ref("Run", { optional: true, editable: false, inverse: "outputTransforms", doc: "The run that added it." }),
    ...owned,
    ...placed,
    sourcePath: text({
      optional: true,
      editable: false,
      hidden: true,
      doc: "Path of the source when it was first tracked.",
    }),
  },
  links: {
    predecessors: link("Transform", { inverse: "successors", lineage: true }),
    ulabels: link("ULabel", { inverse: "transforms", byFeature: true }),
    projects: link("Project", { inverse: "transforms", byFeature: true }),
    records: link("Record", { inverse: "transforms", byFeature: true }),
    references: link("Reference", { inverse: "transforms", byFeature: true }),
  },
  derived: { latestRun: newest("Run", "transform") },
  natural: ["key", "version"],
  title: "key",
  show: ["uid", "key", "description", "kind", "version", "isLatest", "reference", "createdAt", "createdBy"],
});
