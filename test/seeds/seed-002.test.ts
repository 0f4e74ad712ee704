/** Seed 002, "Track data lineage": runs of a notebook and of pipelines, inputs that are asked for, on SQLite. */
import { gzipSync } from "node:zlib";
import * as ln from "lineal";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setDefault } from "../../src/instance/connect.ts";
import { refused } from "../registries/lab.ts";
import { freshPlace } from "../support/dialects.ts";
import { BEGUN, Session } from "./session.ts";

let page: Session;
beforeAll(async () => {
  page = new Session(await freshPlace("sqlite"));
  await ln.login("testuser1");
  await ln.init({ storage: "./mydata" });
  // "iris_new" comes from another guide.
  await ln.track(await ln.Transform.save({ key: "ingest-iris.ipynb", kind: "notebook" }));
  await ln.Artifact.save([{ species: "setosa", petal: 1.4 }], { key: "iris_new.parquet" });
  await ln.finish();
  await setDefault(undefined);
});
afterAll(() => page.close());

test("seed 2-1, 2-2, 2-3: tracking a notebook connects by itself; its run and transform are in the context", async () => {
  expect(ln.context.run).toBeUndefined();
  const run = await ln.track(await ln.Transform.save({ key: "track-data-lineage.ipynb", kind: "notebook" }));
  expect(page.lines.at(-1)).toMatch(BEGUN);
  expect(ln.context.run?.uid).toBe(run.uid);
  expect(ln.context.transform).toMatchObject({ key: "track-data-lineage.ipynb", kind: "notebook" });
  expect(String(ln.context.run)).toMatch(/^Run\(uid='\w{16}', .*status='started'/);
});

test("seed 2-4: the transform that ingested a file, through its runs and their outputs", async () => {
  const made = ln.Transform.filter({ runs: { outputs: { key: "iris_new.parquet" } } });
  expect((await made.first())?.key).toBe("ingest-iris.ipynb");
  expect(await made.count()).toBe(1);
});

test("seed 2-5: relations load wherever they are awaited", async () => {
  const file = await ln.Artifact.filter({ key: "iris_new.parquet" }).one();
  expect((await (await file.run)?.transform)?.key).toBe("ingest-iris.ipynb");
});

test("seed 2-7, 2-8: a pipeline is registered and tracked", async () => {
  const transform = await ln.Transform.save({ key: "10x scRNA-seq nextseq", kind: "pipeline" });
  const run = await ln.track(transform);
  expect((await run.transform).uid).toBe(transform.uid);
  expect((await ln.Run.get(run.uid)).status).toBe("started");
});

test("seed 2-9: a pipeline of an unknown name is refused, saying how to list those there are", async () => {
  const error = await refused(ln.Transform.get({ key: "10x scRNA-seq nextsek" }), "not-found");
  expect(error.hint).toContain("ln.Transform.filter()");
});

test("seed 2-6, 2-10, 2-11: a file outside the storage is copied in, made by the run; saving it again updates it", async () => {
  const path = page.write("input.fastq.gz", gzipSync("Mock fastq file."));
  const file = await ln.Artifact.save(path, { key: "input.fastq.gz" });
  expect((await file.run)?.uid).toBe(ln.context.run?.uid);
  expect(file.path.startsWith(page.storage)).toBe(true);
  const again = await ln.Artifact.save(path, { key: "input.fastq.gz", description: "reads" });
  expect(again.uid).toBe(file.uid);
  expect((await ln.Artifact.get(file.uid)).description).toBe("reads");
  expect(await ln.Artifact.filter({ key: "input.fastq.gz" }).count()).toBe(1);
});

test("seed 2-12: a run by hand, with a name", async () => {
  const transform = await ln.Transform.get({ key: "10x scRNA-seq nextseq" });
  const run = await ln.Run.save({ transform, name: "ingest-fastq" });
  const file = await ln.Artifact.save(page.write("second.fastq", "@r1\nACGT\n+\nFFFF\n"), { run });
  expect((await (await ln.Artifact.get(file.uid)).run)?.name).toBe("ingest-fastq");
});

test("seed 2-13, 2-14: with input tracking off, a plain load links nothing to the run of the next pipeline", async () => {
  const run = await ln.track(await ln.Transform.save({ key: "Cell Ranger", version: "7", kind: "pipeline" }));
  expect(ln.context.transform).toMatchObject({ key: "Cell Ranger", version: "7" });
  ln.settings.trackRunInputs = false;
  await (await ln.Artifact.get({ key: "input.fastq.gz" })).load();
  expect(await run.inputs.count()).toBe(0);
});

test("seed 2-15, 2-16, 2-17, 2-18: asked for, it is an input of the run, at once and for everybody", async () => {
  const file = await ln.Artifact.filter({ key: "input.fastq.gz" }).one();
  expect(await file.load({ isRunInput: true })).toBe("Mock fastq file.");
  expect((await file.inputOf).map((run) => run.uid)).toEqual([ln.context.run?.uid]);
  await using other = await ln.connect("testuser1/mydata", { default: false });
  const consumers = await (await other.Artifact.get(file.uid)).inputOf;
  expect((await consumers[0]?.transform)?.key).toBe("Cell Ranger");
});

test("seed 2-19, 2-20: what is saved is an output of the run", async () => {
  const output = await ln.Artifact.save(page.write("output.bam", "Mock bam file."), { key: "output.bam" });
  expect((await (ln.context.run as ln.Run).outputs).map((file) => file.uid)).toEqual([output.uid]);
});

test("seed 2-21: the one run that made a file, not those that used it, and its inputs in order", async () => {
  const maker = ln.context.run as ln.Run;
  const user = await ln.track(await ln.Transform.save({ key: "Count reads", kind: "pipeline" }));
  await (await ln.Artifact.get({ key: "output.bam" })).cache({ isRunInput: true });
  const run = await ln.Run.filter({ outputs: { key: "output.bam" } }).one();
  expect([run.uid, user.uid === run.uid]).toEqual([maker.uid, false]);
  const inputs = await run.inputs;
  expect(inputs[0]?.key).toBe("input.fastq.gz");
  expect(String(inputs)).toContain("key='input.fastq.gz'");
});

test("seed 2-22: navigable both ways", async () => {
  const run = await ln.Run.filter({ outputs: { key: "output.bam" } }).one();
  const [input] = await run.inputs;
  const [output] = await run.outputs;
  expect((await input?.inputOf)?.map((consumer) => consumer.uid)).toEqual([run.uid]);
  expect((await output?.run)?.uid).toBe(run.uid);
  expect((await output?.transform)?.uid).toBe((await run.transform).uid);
});
