/** Seed 004, "Track data sources: Pipeline, Notebook, Run": the oldest spelling of it all, on SQLite. */
import { gzipSync } from "node:zlib";
import * as ln from "lineal";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refused } from "../registries/lab.ts";
import { freshPlace } from "../support/dialects.ts";
import { Session } from "./session.ts";

let page: Session;
beforeAll(async () => {
  page = new Session(await freshPlace("sqlite"));
  await ln.login("testuser1");
  await ln.init({ storage: "./mydata" });
});
afterAll(() => page.close());

test("seed 4-2, 4-9: a notebook is tracked, and what it saves has its run as the source", async () => {
  const run = await ln.track(await ln.Transform.save({ key: "files.ipynb", kind: "notebook" }));
  const iris = await ln.Artifact.save([{ species: "setosa" }], { key: "iris_new.parquet" });
  expect((await iris.run)?.uid).toBe(run.uid);
});

test("seed 4-1, 4-3: the notebook that produced an object, by the beginning of its name", async () => {
  const notebooks = ln.Transform.filter({ kind: "notebook", runs: { outputs: { key: { startsWith: "iris_new" } } } });
  expect((await notebooks.one()).key).toBe("files.ipynb");
  const pipelines = ln.Transform.filter({ kind: "pipeline", runs: { outputs: { key: { startsWith: "iris_new" } } } });
  expect(await pipelines.exists()).toBe(false);
});

test("seed 4-4: the run that produced an object, and its notebook", async () => {
  const source = await ln.Run.filter({ outputs: { key: "iris_new.parquet" } }).one();
  expect(source.uid).toBe(ln.context.run?.uid);
  expect(await source.transform).toMatchObject({ key: "files.ipynb", kind: "notebook" });
});

test("seed 4-6: a pipeline with a version is saved and returned", async () => {
  const pipeline = await ln.Transform.save({ key: "10x scRNA-seq nextseq", version: "1", kind: "pipeline" });
  expect(pipeline.version).toBe("1");
  expect(String(pipeline)).toMatch(
    /^Transform\(uid='\w{16}', .*version='1', key='10x scRNA-seq nextseq', kind='pipeline'/,
  );
});

test("seed 4-7, 4-8: the newest pipeline of a name is tracked; a name that nobody registered is refused", async () => {
  const newest = await ln.Transform.save({ key: "10x scRNA-seq nextseq", version: "2", kind: "pipeline" });
  const run = await ln.track(await ln.Transform.get({ key: "10x scRNA-seq nextseq" }));
  expect(ln.context.transform).toMatchObject({ uid: newest.uid, version: "2" });
  expect(ln.context.run?.uid).toBe(run.uid);
  await refused(ln.Transform.get({ key: "10x scRNA-seq nextsek" }), "not-found");
});

test("seed 4-9, 4-10: objects get the current run as their source, or the one given", async () => {
  const current = ln.context.run as ln.Run;
  const path = page.write("input.fastq.gz", gzipSync("Mock fastq file."));
  const object = await ln.Artifact.save(path, { key: "input.fastq.gz" });
  expect((await object.run)?.uid).toBe(current.uid);
  const run = await ln.Run.save({ transform: await current.transform, name: "ingest-fastq" });
  const other = await ln.Artifact.save(page.write("other.fastq", "@r1\nACGT\n+\nFFFF\n"), { run });
  expect([(await other.run)?.uid, (await other.run)?.name]).toEqual([run.uid, "ingest-fastq"]);
});

test("seed 4-11, 4-12: a second pipeline replaces the context", async () => {
  const before = ln.context.run;
  const pipeline = await ln.Transform.save({ key: "Cell Ranger", version: "7", kind: "pipeline" });
  await ln.track(pipeline);
  expect(ln.context.transform?.uid).toBe(pipeline.uid);
  expect(ln.context.run?.uid).not.toBe(before?.uid);
});

test("seed 4-13, 4-14: an object found by its full name is loaded as an input, and the link stays", async () => {
  const object = await ln.Artifact.filter({ key: "input.fastq.gz" }).one();
  await object.load({ isRunInput: true });
  const targets = await (await ln.Artifact.get(object.uid)).inputOf;
  expect(targets.map((run) => run.uid)).toEqual([ln.context.run?.uid]);
});

test("seed 4-16, 4-17, 4-18: the run that made an object, by its whole name or by stem and suffix, and its inputs", async () => {
  await ln.Artifact.save(page.write("output.bam", "Mock bam file."), { key: "output.bam" });
  const whole = await ln.Run.filter({ outputs: { key: "output.bam" } }).one();
  const parts = await ln.Run.filter({ outputs: { key: { startsWith: "output" }, suffix: ".bam" } }).one();
  expect([whole.uid, parts.uid]).toEqual([ln.context.run?.uid, ln.context.run?.uid]);
  expect((await whole.inputs).map((object) => object.key)).toEqual(["input.fastq.gz"]);
});

test("seed 4-19: a run has inputs and outputs", async () => {
  const run = ln.context.run as ln.Run;
  expect([await run.inputs.count(), await run.outputs.count()]).toEqual([1, 1]);
});

test("seed 4-20: a run may come from a notebook or from a pipeline", async () => {
  const kinds = await Promise.all((await ln.Run.filter()).map(async (run) => (await run.transform).kind));
  expect(kinds).toEqual(["notebook", "pipeline", "pipeline", "pipeline"]);
});
