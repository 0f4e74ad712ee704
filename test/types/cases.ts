/** What compiles and what does not: read by the compiler in types.test.ts, never run. */
import type { Changes, Draft, HasUid, Lazy, Manys, Name, Ones, Order, Scalars, Where } from "../../src/model/index.ts";

/** The registries as a program sees them: each call knows which one it is of, as the methods of the classes do. */
declare const ln: {
  readonly [N in Name]: {
    filter(where: Where<N>): void;
    order(...terms: Order<N>[]): void;
    draft(values: Draft<N>): void;
    change(values: Changes<N>): void;
  };
};
declare function same<A, B>(
  equal: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false,
): void;
declare const record: HasUid;
declare const user: { readonly uid: string; readonly handle: string };

// ── filters that hold ──
ln.Artifact.filter({});
ln.Artifact.filter({ key: { startsWith: "fastq/" } });
ln.Artifact.filter({ run: { transform: { key: "ingest.ts" } }, ulabels: { name: "T cell" }, size: { gt: 1e6 } });
ln.Artifact.filter({ transform: record });
ln.Artifact.filter({ key: { ne: null }, isLatest: { eq: true }, run: { not: null } });
ln.Artifact.filter({ kind: { in: ["dataset", "something of my own"] } });
ln.Artifact.filter({ kind: "anything" });
ln.Artifact.filter({ isLatest: { in: [true] }, size: { notIn: [1, 2] }, key: { gte: "a", lt: "b", matches: "^a" } });
ln.Artifact.filter({ run: null, description: null, nFiles: { in: [1, null] } });
ln.Artifact.filter({ any: [{ suffix: ".jpg" }, { suffix: ".png" }], not: { kind: "model" } });
ln.Artifact.filter({ createdAt: { gte: new Date(), lt: "2027-01-01" } });
ln.Artifact.filter({ createdAt: "2026-01-01" });
ln.Artifact.filter({ branch: "main", space: { name: { contains: "lab" } } });
ln.Artifact.filter({ inputOf: { outputs: { run: { inputs: { versions: { uid: "x" } } } } } });
ln.Artifact.filter({ reportOf: null, collections: { not: null } });
ln.Transform.filter({ createdBy: user, kind: "notebook" });
ln.Transform.filter({ latestRun: { status: { in: ["completed", "errored"] } }, successors: { predecessors: record } });
ln.Transform.filter({ sourceCode: { contains: "import" } });
ln.Run.filter({
  params: { learning_rate: 0.01, preprocess: { downsample: true }, tags: ["a"], note: { startsWith: "x" } },
});
ln.Run.filter({ params: null, gitDirty: false, status: "completed" });
ln.Project.filter({ artifacts: { size: { lt: 5 } }, runs: record });
ln.Record.filter({ type: { isType: true }, children: null });

// ── filters that do not ──
// @ts-expect-error no such column
ln.Artifact.filter({ kye: "a" });
// @ts-expect-error no such column behind a relation
ln.Artifact.filter({ run: { transform: { kye: "a" } } });
// @ts-expect-error no such operator
ln.Artifact.filter({ key: { startswith: "a" } });
// @ts-expect-error a number is compared with text
ln.Artifact.filter({ size: "1" });
// @ts-expect-error a text operator on a number
ln.Artifact.filter({ size: { contains: "1" } });
// @ts-expect-error a list is no value
ln.Artifact.filter({ size: { in: 1 } });
// @ts-expect-error absence has no order
ln.Artifact.filter({ key: { gt: null } });
// @ts-expect-error a boolean has no order
ln.Artifact.filter({ isLatest: { gt: false } });
// @ts-expect-error the size is never absent
ln.Artifact.filter({ size: null });
// @ts-expect-error a closed word
ln.Transform.filter({ kind: "skript" });
// @ts-expect-error a closed word in a list
ln.Run.filter({ status: { in: ["completed", "done"] } });
// @ts-expect-error a relation is no text
ln.Artifact.filter({ run: "abc" });
// @ts-expect-error a required relation is never absent
ln.Run.filter({ transform: null });
// @ts-expect-error a relation of another registry
ln.Run.filter({ outputs: { handle: "x" } });
// @ts-expect-error hidden bookkeeping
ln.Artifact.filter({ inputMark: 1 });
// @ts-expect-error hidden relations
ln.Artifact.filter({ formerBranch: null });
// @ts-expect-error the database's id is nobody's business
ln.Artifact.filter({ id: 1 });
// @ts-expect-error any is a list
ln.Artifact.filter({ any: { key: "a" } });
// @ts-expect-error a date is no number
ln.Artifact.filter({ createdAt: 5 });
// @ts-expect-error no such registry
ln.Artefact.filter({});

// ── orders ──
ln.Artifact.order("-createdAt", "key", "uid");
ln.Run.order("startedAt", "-finishedAt");
// @ts-expect-error no such column
ln.Artifact.order("-created");
// @ts-expect-error relations have no order
ln.Artifact.order("run");
// @ts-expect-error the sign comes first and once
ln.Artifact.order("--key");
// @ts-expect-error hidden
ln.Artifact.order("stem");

// ── drafts and changes ──
ln.ULabel.draft({ name: "T cell", type: record, description: null });
ln.Project.draft({ name: "p", startDate: "2026-01-01", endDate: new Date(), branch: "work", space: record });
ln.Feature.draft({ name: "f" });
ln.Transform.draft({ key: "t", kind: "script" });
ln.Run.draft({ transform: record, params: { a: 1 } });
ln.Artifact.change({ description: null, key: "a", kind: "model" });
ln.Run.change({ status: "completed" });
// @ts-expect-error a name is needed
ln.ULabel.draft({});
// @ts-expect-error a run has a transform
ln.Run.draft({});
// @ts-expect-error set by Lineal
ln.ULabel.draft({ name: "x", createdBy: record });
// @ts-expect-error set by Lineal
ln.ULabel.draft({ name: "x", uid: "y" });
// @ts-expect-error a closed word
ln.Transform.draft({ kind: "skript" });
// @ts-expect-error no such column
ln.ULabel.draft({ name: "x", colour: "red" });
// @ts-expect-error a relation is a record
ln.ULabel.draft({ name: "x", type: "Experiment" });
// @ts-expect-error a name is never absent
ln.ULabel.change({ name: null });
// @ts-expect-error what was measured is not changed
ln.Artifact.change({ size: 1 });
// @ts-expect-error what was hashed is not changed
ln.Artifact.change({ hash: "x" });

// ── rows and relations ──
declare const artifact: Scalars<"Artifact">;
same<typeof artifact.key, string | null>(true);
same<typeof artifact.size, number>(true);
same<typeof artifact.createdAt, Date>(true);
same<Scalars<"Run">["status"], "scheduled" | "started" | "restarted" | "completed" | "errored" | "aborted">(true);
same<Scalars<"Run">["params"], Record<string, unknown> | null>(true);
same<keyof Lazy<"Transform">, "sourceCode">(true);
same<Ones<"Artifact">["run"], "Run">(true);
same<Ones<"Artifact">["transform"], "Transform">(true);
same<Ones<"Transform">["latestRun"], "Run">(true);
same<Manys<"Run">["outputs"], "Artifact">(true);
same<Manys<"Run">["inputs"], "Artifact">(true);
same<Manys<"Transform">["successors"], "Transform">(true);
same<Manys<"Artifact">["versions"], "Artifact">(true);
// @ts-expect-error read-only
artifact.key = "b";
// @ts-expect-error hidden
artifact.stem;
// @ts-expect-error lazy columns are no part of a row
declare const source: Scalars<"Transform">["sourceCode"];
// @ts-expect-error users have no versions
declare const versions: Manys<"User">["versions"];
