/** Artifact: a file, folder or table in a storage location. */
import { family, owned, placed } from "./common.ts";
import { bool, int, json, link, oneOf, ref, registry, text, via } from "./field.ts";

export const Artifact = registry({
  uid: 20,
  versioned: true,
  doc: "A file, folder or table in a storage location.",
  columns: {
    ...family,
    key: text({ optional: true, index: true, max: 1024, doc: "A path-like name; versions share it." }),
    description: text({ optional: true, doc: "One sentence for people." }),
    kind: oneOf(
      "dataset",
      "model",
      "report",
      "plan",
    )({ optional: true, open: true, max: 20, doc: "What it is used as." }),
    suffix: text({ editable: false, max: 30, default: "", doc: "Decides how it is read: .parquet, .csv.gz …" }),
    otype: text({ optional: true, editable: false, max: 64, doc: "What it is in memory: Table, AnnData …" }),
    size: int({ editable: false, unit: "bytes", doc: "All bytes of the file, or of all files of the folder." }),
    hash: text({ editable: false, index: true, doc: "Of every byte; of the sorted manifest for a folder." }),
    hashType: text({ editable: false, default: "sha256", minor: true, doc: "The algorithm of the hash." }),
    nFiles: int({ optional: true, editable: false, doc: "Number of files of a folder; null for a file." }),
    nObservations: int({ optional: true, editable: false, doc: "Number of rows of a table." }),
    overwritten: bool({
      default: false,
      editable: false,
      minor: "by default",
      doc: "Its bytes were registered in place and have been overwritten since.",
    }),
    storage: ref("Storage", { editable: false, inverse: "artifacts" }),
    run: ref("Run", { optional: true, editable: false, inverse: "outputs", doc: "The run that made it." }),
    schema: ref("Schema", {
      optional: true,
      inverse: "validatedArtifacts",
      doc: "What its rows were checked against.",
    }),
    ...owned,
    ...placed,
    internal: bool({ default: false, editable: false, hidden: true, doc: "A report, environment or source bundle." }),
    placeKey: text({
      optional: true,
      editable: false,
      hidden: true,
      index: true,
      doc: "Path in the storage when it was registered in place.",
    }),
    placeStat: json<{ size: number; mtimeNs: string; ino: string }>()({
      optional: true,
      editable: false,
      hidden: true,
      doc: "What the file looked like when it was hashed.",
    }),
    inputMark: int({
      default: 0,
      editable: false,
      hidden: true,
      doc: "The last input link its run had when it was made: it depends on those only.",
    }),
  },
  links: {
    inputOf: link("Run", { inverse: "inputs", repeats: ["run", "inputMark"], lineage: true }),
    recreatingRuns: link("Run", { inverse: "recreated", lineage: true }),
    ulabels: link("ULabel", { inverse: "artifacts", byFeature: true }),
    projects: link("Project", { inverse: "artifacts", byFeature: true }),
    records: link("Record", { inverse: "artifacts", byFeature: true }),
    references: link("Reference", { inverse: "artifacts", byFeature: true }),
  },
  derived: { transform: via("Transform", "run", "transform") },
  title: "key",
  show: ["uid", "key", "description", "suffix", "kind", "size", "isLatest", "run", "createdAt", "createdBy"],
});
