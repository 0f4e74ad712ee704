/** Run: one execution of a transform. */
import { owned, placed } from "./common.ts";
import { bool, json, link, oneOf, ref, registry, text, time } from "./field.ts";

export const Run = registry({
  uid: 16,
  doc: "One execution of a transform.",
  columns: {
    transform: ref("Transform", { inverse: "runs" }),
    name: text({ optional: true, max: 150 }),
    description: text({ optional: true }),
    entrypoint: text({ optional: true, max: 255, doc: "The function that ran, when not the whole file." }),
    status: oneOf(
      "scheduled",
      "started",
      "restarted",
      "completed",
      "errored",
      "aborted",
    )({ default: "started", index: true, doc: "How far it came." }),
    startedAt: time({ optional: true, index: true }),
    finishedAt: time({ optional: true }),
    cliArgs: text({ optional: true, doc: "What followed the script's name on the command line." }),
    params: json<Record<string, unknown>>()({ optional: true, doc: "Parameters, with secrets blanked out." }),
    reference: text({ optional: true, max: 255 }),
    referenceType: text({ optional: true, max: 25 }),
    gitCommit: text({ optional: true, editable: false, doc: "Commit of the repository that holds the source." }),
    gitDirty: bool({ optional: true, editable: false, doc: "The source differed from that commit." }),
    dynamicModules: json<
      { path: string; hash: string | null; codeHash: string | null; files?: Record<string, string | null> }[]
    >()({ optional: true, editable: false, doc: "Local modules that the source imports on demand." }),
    report: ref("Artifact", { optional: true, editable: false, inverse: "reportOf", doc: "Console log of the run." }),
    environment: ref("Artifact", {
      optional: true,
      editable: false,
      inverse: "environmentOf",
      doc: "Runtime, platform and packages.",
    }),
    plan: ref("Artifact", { optional: true, inverse: "planOf" }),
    initiatedByRun: ref("Run", {
      optional: true,
      editable: false,
      inverse: "initiatedRuns",
      doc: "The run that called it.",
    }),
    ...owned,
    ...placed,
    process: json<{ host: string; pid: number; startedAt: string }>()({
      optional: true,
      editable: false,
      hidden: true,
      doc: "Where it runs, to notice when it is gone.",
    }),
  },
  links: {
    ulabels: link("ULabel", { inverse: "runs", byFeature: true }),
    projects: link("Project", { inverse: "runs", byFeature: true }),
    records: link("Record", { inverse: "runs", byFeature: true }),
  },
  title: "name",
  knownBy: ["transform", "entrypoint"],
  show: ["uid", "transform", "entrypoint", "name", "status", "startedAt", "finishedAt", "createdBy"],
});
