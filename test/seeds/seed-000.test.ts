/** Seed 000, "Track data lineage across pipelines, app uploads & notebooks": the page from top to bottom, on SQLite. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import * as ln from "lineal";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setDefault } from "../../src/instance/connect.ts";
import { freshPlace } from "../support/dialects.ts";
import { refused } from "../registries/lab.ts";
import { arrows, BEGUN, png, printing, screen, Session } from "./session.ts";

let page: Session;
beforeAll(async () => {
  page = new Session(await freshPlace("sqlite"));
});
afterAll(() => page.close());

const fastq = "fastq/schmidt22_perturbseq_";
const matrix = "schmidt22_perturbseq/filtered_feature_bc_matrix";
const uids = (records: readonly { uid: string }[]): string[] => records.map((record) => record.uid).sort();
const keys = (artifacts: readonly ln.Artifact[]): (string | null)[] => artifacts.map((artifact) => artifact.key).sort();
const handle = async (record: { createdBy: PromiseLike<ln.User> }): Promise<string> => (await record.createdBy).handle;
/** Something with a key that must be there. */
const transformOf = (key: string): Promise<ln.Transform> => ln.Transform.get({ key });

test("seed 0-1, 0-2: login and init make the instance, its folder, its storage and its user", async () => {
  expect((await page.cli("login", "testuser1")).stdout).toBe("→ logged in testuser1\n");
  expect((await page.cli("init", "--storage", "./mydata")).stdout).toBe("→ connected lineal: testuser1/mydata\n");
  expect(readdirSync(join(page.storage, ".lineal"))).toEqual(expect.arrayContaining(["lineal.db", "storage.json"]));
  await using mine = await ln.connect("testuser1/mydata", { default: false });
  expect(mine).toMatchObject({ owner: "testuser1", name: "mydata", storage: page.storage });
  expect((await mine.Storage.filter()).map(({ root, type }) => [root, type])).toEqual([[page.storage, "local"]]);
  expect((await mine.User.filter()).map((user) => user.handle)).toEqual(["testuser1"]);
});

test("seed 0-1, 0-3: another user logs in and connects to the instance by its slug", async () => {
  expect((await page.cli("login", "testuser2")).stdout).toBe("→ logged in testuser2\n");
  const { stdout, stderr } = await page.cli("connect", "testuser1/mydata", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ slug: "testuser1/mydata", storage: page.storage });
  expect(stderr).toBe("→ connected lineal: testuser1/mydata\n");
});

test("seed 0-3, 0-4: the first use connects by itself, and the first thing written adds the user", async () => {
  expect((await ln.User.filter()).map((user) => user.handle)).toEqual(["testuser1"]);
  expect(await ln.instance()).toMatchObject({ slug: "testuser1/mydata" });
  const [, project] = [await ln.instance(), await ln.Project.save({ name: "schmidt22" })];
  expect(await handle(project)).toBe("testuser2");
  expect((await ln.User.filter()).map((user) => user.handle)).toEqual(["testuser1", "testuser2"]);
});

test("seed 0-5: verbosity is a number, and says up to which level lines are shown", async () => {
  const hint = async (): Promise<string | undefined> => {
    await ln.Artifact.save([{ level: ln.settings.verbosity }], { description: "made outside of any run" });
    return page.line("call `await ln.track()` first");
  };
  ln.settings.verbosity = 3;
  expect(ln.settings.verbosity).toBe(3);
  expect(await hint()).toBeUndefined();
  ln.settings.verbosity = 4;
  expect(await hint()).toMatch(/^• no run is linked/);
  for (const artifact of await ln.Artifact.filter()) await artifact.delete({ permanent: true });
});

test("seed 0-7, 0-8, 0-9, 0-11: in-process login, a registered pipeline, its run, and saved files", async () => {
  await ln.login("testuser1");
  const transform = await ln.Transform.save({ key: "Chromium 10x upload", kind: "pipeline" });
  expect(transform).toMatchObject({ kind: "pipeline", key: "Chromium 10x upload" });
  const run = await ln.track(transform);
  expect(page.lines.at(-1)).toMatch(BEGUN);
  expect(ln.context.run?.uid).toBe(run.uid);
  for (const read of ["R1", "R2"]) {
    const path = page.write(`mydata/${fastq}${read}_001.fastq.gz`, `fake${read}`);
    const saved = await ln.Artifact.save(path);
    expect((await ln.Artifact.get(saved.uid)).hash).toBe(saved.hash);
  }
  await ln.login("testuser2");
  expect(await handle(run)).toBe("testuser1");
});

test("seed 0-10: a file inside the storage is registered in place", async () => {
  const read1 = await ln.Artifact.get({ key: `${fastq}R1_001.fastq.gz` });
  expect(read1).toMatchObject({ suffix: ".fastq.gz", size: 6, path: join(page.storage, `${fastq}R1_001.fastq.gz`) });
  expect(read1.hash).toMatch(/^[0-9a-f]{64}$/);
  expect((await read1.run)?.uid).toBe(ln.context.run?.uid);
  const objects = join(page.storage, ".lineal", "objects");
  const stored = readdirSync(objects, { recursive: true, encoding: "utf8" });
  expect(stored.filter((name) => name.includes(read1.hash))).toEqual([]);
});

test("seed 0-12, 0-13: a pipeline registered ahead of any run, with its version, is found by name and by search", async () => {
  const saved = await ln.Transform.save({ key: "Cell Ranger", version: "7.2.0", kind: "pipeline" });
  expect(await saved.runs.count()).toBe(0);
  const found = await ln.Transform.filter({ key: "Cell Ranger", version: "7.2.0" }).one();
  expect(found).toMatchObject({ uid: saved.uid, version: "7.2.0", kind: "pipeline" });
  expect((await ln.Transform.search("cell ranger").first())?.uid).toBe(saved.uid);
  await refused(ln.Transform.filter({ key: "Cell Ranger", version: "8.0.0" }).one(), "not-found");
  await refused(ln.Transform.filter({ kind: "pipeline" }).one(), "ambiguous");
});

test("seed 0-14: the saved record starts a run of the same transform", async () => {
  const before = ln.context.run;
  const transform = await transformOf("Cell Ranger");
  const run = await ln.track(transform);
  expect(page.lines.at(-1)).toMatch(/^→ loaded Transform\('\w{8}', key='Cell Ranger'\), started new Run/);
  expect((await run.transform).uid).toBe(transform.uid);
  expect(run.uid).not.toBe(before?.uid);
});

test("seed 0-15, 0-16: files by the beginning of their key; caching links inputs and the producing transform", async () => {
  const files = ln.Artifact.filter({ key: { startsWith: fastq } });
  expect(keys(await files)).toEqual([`${fastq}R1_001.fastq.gz`, `${fastq}R2_001.fastq.gz`]);
  const run = ln.context.run as ln.Run;
  expect(await run.inputs.count()).toBe(0);
  const paths: string[] = [];
  for await (const file of files) paths.push(await file.cache());
  expect(paths.map((path) => readFileSync(path, "utf8"))).toEqual(["fakeR1", "fakeR2"]);
  expect(uids(await run.inputs)).toEqual(uids(await files));
  const parents = await (await transformOf("Cell Ranger")).predecessors;
  expect(parents.map((transform) => transform.key)).toEqual(["Chromium 10x upload"]);
});

test("seed 0-18, 0-19, 0-20, 0-21: a folder of outputs, one artifact per file, each with its run and transform", async () => {
  for (const name of ["matrix.mtx.gz", "barcodes.tsv.gz", "features.tsv.gz"])
    page.write(`mydata/${matrix}/${name}`, name.slice(0, 6));
  const outputs = await ln.Artifact.saveDir(`./mydata/${matrix}/`);
  expect(outputs.map((file) => [file.key, file.suffix])).toEqual([
    [`${matrix}/barcodes.tsv.gz`, ".tsv.gz"],
    [`${matrix}/features.tsv.gz`, ".tsv.gz"],
    [`${matrix}/matrix.mtx.gz`, ".mtx.gz"],
  ]);
  for (const file of outputs) {
    expect((await file.transform)?.uid).toBe((await transformOf("Cell Ranger")).uid);
    expect((await file.run)?.uid).toBe(ln.context.run?.uid);
    expect(file.path).toBe(join(page.storage, file.key as string));
  }
});

test("seed 0-22: the lineage of an output: files and runs, the viewed file highlighted", async () => {
  const file = await ln.Artifact.get({ key: `${matrix}/matrix.mtx.gz` });
  const { value: graph, text } = await printing(() => file.viewLineage());
  expect(graph.focus).toBe(`artifact:${file.uid}`);
  expect(arrows(graph)).toEqual(
    expect.arrayContaining([
      `Chromium 10x upload → ${fastq}R1_001.fastq.gz`,
      `${fastq}R2_001.fastq.gz → Cell Ranger`,
      `Cell Ranger → ${file.key}`,
    ]),
  );
  expect(text.split("\n").filter((line) => line.startsWith("● "))).toEqual([expect.stringContaining("matrix.mtx.gz")]);
});

test("seed 0-23: another pipeline is tracked while a run is under way: the context changes, the first run is finished", async () => {
  const first = ln.context.run as ln.Run;
  await ln.track(await ln.Transform.save({ key: "Preprocess Cell Ranger outputs", version: "2.0", kind: "pipeline" }));
  expect(ln.context.transform).toMatchObject({ key: "Preprocess Cell Ranger outputs", version: "2.0" });
  expect(ln.context.run?.uid).not.toBe(first.uid);
  expect(await ln.Run.get(first.uid)).toMatchObject({ status: "completed", finishedAt: expect.any(Date) });
});

test("seed 0-24, 0-25: counts in the storage, with a description; their key is the name of the file", async () => {
  for (const file of await ln.Artifact.filter({ key: { startsWith: matrix } })) await file.cache();
  const path = page.write("mydata/schmidt22_perturbseq.h5ad", "not a real matrix");
  const file = await ln.Artifact.save(path, { description: "schmidt22_perturbseq counts" });
  expect(file).toMatchObject({
    key: "schmidt22_perturbseq.h5ad",
    description: "schmidt22_perturbseq counts",
    suffix: ".h5ad",
  });
  expect(keys(await (ln.context.run as ln.Run).inputs)).toHaveLength(3);
  expect(keys(await (ln.context.run as ln.Run).outputs)).toEqual(["schmidt22_perturbseq.h5ad"]);
});

test("seed 0-26, 0-27: an app uploads the screen into the storage", async () => {
  await ln.login("testuser1");
  const transform = await ln.Transform.save({ key: "Upload GWS CRISPRa result", kind: "app" });
  await ln.track(transform);
  expect((await transformOf("Upload GWS CRISPRa result")).kind).toBe("app");
  await ln.Artifact.save(page.write("mydata/schmidt22-crispra-gws-IFNG.csv", screen), {
    description: "Raw data of schmidt22 crispra GWS",
  });
  expect(await ln.Artifact.get({ key: "schmidt22-crispra-gws-IFNG.csv" })).toMatchObject({
    description: "Raw data of schmidt22 crispra GWS",
    path: join(page.storage, "schmidt22-crispra-gws-IFNG.csv"),
  });
});

test("seed 0-28, 0-29, 0-30, 0-31, 0-32: a notebook reads the screen, filters its rows and saves the hits as a table", async () => {
  await ln.login("testuser2");
  const run = await ln.track(await ln.Transform.save({ key: "GWS CRIPSRa analysis", kind: "notebook" }));
  expect(await run.transform).toMatchObject({ kind: "notebook", key: "GWS CRIPSRa analysis" });
  const wgs = await ln.Artifact.filter({ key: "schmidt22-crispra-gws-IFNG.csv" }).one();
  const table = await wgs.load<ln.Table>();
  expect(table.column("id")).toEqual(["IFNG", "TBX21", "GAPDH", "ACTB"]);
  expect(uids(await run.inputs)).toEqual([wgs.uid]);
  const hits = table.filter((row) => Number(row["pos|fdr"]) < 0.01);
  expect(hits.length).toBe(2);
  const file = await ln.Artifact.save(hits, { description: "hits from schmidt22 crispra GWS" });
  expect(file).toMatchObject({
    key: null,
    suffix: ".parquet",
    description: "hits from schmidt22 crispra GWS",
    kind: "dataset",
  });
  expect(file.path.startsWith(join(page.storage, ".lineal", "objects"))).toBe(true);
  expect(existsSync(file.path)).toBe(true);
});

test("seed 0-33, 0-34: the hits by their description, and their lineage up to the upload", async () => {
  const file = await ln.Artifact.filter({ description: "hits from schmidt22 crispra GWS" }).one();
  const { value: graph } = await printing(() => file.viewLineage());
  expect(arrows(graph)).toEqual([
    "GWS CRIPSRa analysis → hits from schmidt22 crispra GWS",
    "Upload GWS CRISPRa result → schmidt22-crispra-gws-IFNG.csv",
    "schmidt22-crispra-gws-IFNG.csv → GWS CRIPSRa analysis",
  ]);
});

test("seed 0-35, 0-36, 0-37: a notebook without a version loads counts and hits", async () => {
  const key = "Perform single cell analysis, integrating with CRISPRa screen";
  const run = await ln.track(await ln.Transform.save({ key, kind: "notebook" }));
  expect(await handle(run)).toBe("testuser2");
  const counts = await ln.Artifact.filter({ key: "schmidt22_perturbseq.h5ad" }).one();
  expect(readFileSync(await counts.cache(), "utf8")).toBe("not a real matrix");
  const hits = await (await ln.Artifact.get({ description: "hits from schmidt22 crispra GWS" })).load<ln.Table>();
  expect(hits.column("id")).toEqual(["IFNG", "TBX21"]);
  expect(await run.inputs.count()).toBe(2);
});

test("seed 0-38, 0-66: figures that other code wrote outside the storage are copied in, under the key given", async () => {
  const hits = await (await ln.Artifact.get({ description: "hits from schmidt22 crispra GWS" })).load<ln.Table>();
  const index = new Set(hits.column("id"));
  expect(["ACTB", "TBX21", "IFNG"].filter((gene) => index.has(gene))).toEqual(["TBX21", "IFNG"]);
  for (const [i, name] of [
    "umap_fig1_score-wgs-hits.png",
    "matrixplot_fig2_score-wgs-hits-per-cluster.png",
  ].entries()) {
    const path = page.write(`figures/${name}`, png(i));
    const file = await ln.Artifact.save(path, { key: path });
    expect(file).toMatchObject({ key: `figures/${name}`, suffix: ".png", size: png(i).length });
    expect(file.path).toBe(join(page.storage, ".lineal", "objects", file.hash.slice(0, 2), `${file.hash}.png`));
    expect(readFileSync(file.path)).toEqual(readFileSync(path));
  }
});

test("seed 0-39, 0-40: a figure by a part of its key; its lineage merges both branches", async () => {
  const file = await ln.Artifact.filter({ key: { contains: "figures/matrixplot" } }).one();
  const graph = await file.lineage();
  const runs = graph
    .upstream(file)
    .filter((node) => node.kind === "run")
    .map((node) => node.label);
  expect(runs.sort()).toEqual([
    "Cell Ranger",
    "Chromium 10x upload",
    "GWS CRIPSRa analysis",
    "Perform single cell analysis, integrating with CRISPRa screen",
    "Preprocess Cell Ranger outputs",
    "Upload GWS CRISPRa result",
  ]);
});

test("seed 0-41, 0-42, 0-43: this page itself is tracked; the figure it stages is its input, and it follows at the bottom", async () => {
  const title = "Track data lineage across pipelines, app uploads & notebooks";
  const run = await ln.track(
    await ln.Transform.save({ key: "project-flow-page", description: title, kind: "notebook" }),
  );
  const file = await ln.Artifact.filter({ key: { contains: "figures/matrixplot" } }).one();
  expect(statSync(await file.cache()).size).toBe(file.size);
  expect(uids(await run.inputs)).toEqual([file.uid]);
  const { value: graph, text } = await printing(() => file.viewLineage());
  expect(graph.downstream(file).map((node) => node.uid)).toEqual([run.uid]);
  const lines = text.split("\n").filter(Boolean);
  expect(lines[0]).toMatch(/^● .*matrixplot/);
  expect(lines.at(-2)).toBe("used by 1 run");
  expect(lines.at(-1)).toMatch(/^→ project-flow-page/);
});

test("seed 0-44, 0-45, 0-46: the page's transform by a search, its direct parents as a table, and the chain of transforms", async () => {
  const transform = (await ln.Transform.search("Track data lineage").first()) as ln.Transform;
  expect(transform).toMatchObject({ key: "project-flow-page", kind: "notebook" });
  const parents = await transform.predecessors.toTable();
  expect(parents.column("key")).toEqual(["Perform single cell analysis, integrating with CRISPRa screen"]);
  expect(parents.columns.map((column) => column.name)).toEqual(
    expect.arrayContaining(["uid", "key", "kind", "version", "isLatest", "createdAt", "createdBy"]),
  );
  const { value: graph, text } = await printing(() => transform.viewLineage());
  expect(graph.focus).toBe(`transform:${transform.uid}`);
  expect(text).toMatch(/^● project-flow-page/);
  expect(arrows(graph)).toEqual(
    [
      "Cell Ranger → Preprocess Cell Ranger outputs",
      "Chromium 10x upload → Cell Ranger",
      "GWS CRIPSRa analysis → Perform single cell analysis, integrating with CRISPRa screen",
      "Perform single cell analysis, integrating with CRISPRa screen → project-flow-page",
      "Preprocess Cell Ranger outputs → Perform single cell analysis, integrating with CRISPRa screen",
      "Upload GWS CRISPRa result → GWS CRIPSRa analysis",
    ].sort(),
  );
});

test("seed 0-47, 0-48: tracking the page again goes on with its run; the context holds both", async () => {
  const before = ln.context.run as ln.Run;
  const transform = await transformOf("project-flow-page");
  const start = page.lines.length;
  const run = await ln.track({ transform, newRun: false });
  const lines = page.lines.slice(start);
  expect(lines.find((line) => line.startsWith("→ loaded"))).toMatch(
    /^→ loaded Transform\('\w{8}', key='project-flow-page'\), re-started Run\('\w{8}'\) at /,
  );
  const integrating = await transformOf("Perform single cell analysis, integrating with CRISPRa screen");
  expect(lines).toContain(`• predecessor: Transform('${integrating.uid.slice(0, 8)}', key='${integrating.key}')`);
  expect(run).toMatchObject({ uid: before.uid, status: "restarted" });
  expect([ln.context.run?.uid, ln.context.transform?.uid]).toEqual([run.uid, transform.uid]);
});

test("seed 0-49, 0-50: a file knows its run and transform, a run its inputs and outputs", async () => {
  const hits = await ln.Artifact.get({ description: "hits from schmidt22 crispra GWS" });
  const run = (await hits.run) as ln.Run;
  expect((await hits.transform)?.uid).toBe((await run.transform).uid);
  expect((await hits.transform)?.key).toBe("GWS CRIPSRa analysis");
  expect(keys(await run.inputs)).toEqual(["schmidt22-crispra-gws-IFNG.csv"]);
  expect(uids(await run.outputs)).toEqual([hits.uid]);
});

test("seed 0-51: a run given by hand goes before the current one", async () => {
  const transform = await transformOf("Chromium 10x upload");
  const run = await ln.Run.save({ transform });
  const file = await ln.Artifact.save(page.write("by-hand.txt", "by hand"), { key: "by-hand.txt", run });
  expect((await file.run)?.uid).toBe(run.uid);
  expect(run.uid).not.toBe(ln.context.run?.uid);
  expect(keys(await (ln.context.run as ln.Run).outputs)).toEqual([]);
});

test("seed 0-52, 0-53: accessing a file adds the current run to its consumers and its transform to the parents", async () => {
  const file = await ln.Artifact.get({ key: "by-hand.txt" });
  expect(await file.load()).toBe("by hand");
  expect(uids(await file.inputOf)).toEqual([ln.context.run?.uid]);
  const parents = await (ln.context.transform as ln.Transform).predecessors;
  expect(parents.map((transform) => transform.key)).toContain("Chromium 10x upload");
});

test("seed 0-54, 0-55: inputs are not linked when switched off, unless asked for; outputs still are", async () => {
  const run = ln.context.run as ln.Run;
  const reads = await ln.Artifact.get({ key: `${fastq}R1_001.fastq.gz` });
  const table = await ln.Artifact.get({ key: "schmidt22-crispra-gws-IFNG.csv" });
  const before = await run.inputs.count();
  ln.settings.trackRunInputs = false;
  await reads.cache();
  await table.load();
  expect(await run.inputs.count()).toBe(before);
  const output = await ln.Artifact.save(page.write("late.txt", "late"), { key: "late.txt" });
  expect((await output.run)?.uid).toBe(run.uid);
  await table.load({ isRunInput: true });
  expect(uids(await run.inputs)).toContain(table.uid);
  expect(uids(await run.inputs)).not.toContain(reads.uid);
});

test("seed 0-56, 0-57, 0-58: files of a transform; which transform and which user ingested a file", async () => {
  const transform = await transformOf("Upload GWS CRISPRa result");
  expect((await ln.Artifact.filter({ transform }).toTable()).column("key")).toEqual(["schmidt22-crispra-gws-IFNG.csv"]);
  const file = (await ln.Artifact.filter().first()) as ln.Artifact;
  expect(file.key).toBe(`${fastq}R1_001.fastq.gz`);
  expect((await file.transform)?.key).toBe("Chromium 10x upload");
  expect(await handle(file)).toBe("testuser1");
});

test("seed 0-59, 0-60, 0-61: users by their handle, their transforms, their notebooks", async () => {
  const users = await ln.User.lookup();
  expect(users.testuser1).toMatchObject({ handle: "testuser1", uid: expect.stringMatching(/^\w{8}$/) });
  const of = async (where: object): Promise<readonly unknown[]> =>
    (await ln.Transform.filter(where).toTable()).column("key");
  expect(await of({ createdBy: users.testuser1 })).toEqual(["Chromium 10x upload", "Upload GWS CRISPRa result"]);
  expect(await of({ createdBy: users.testuser1, kind: "notebook" })).toEqual([]);
  expect(await of({ createdBy: users.testuser2, kind: "notebook" })).toEqual([
    "GWS CRIPSRa analysis",
    "Perform single cell analysis, integrating with CRISPRa screen",
    "project-flow-page",
  ]);
});

test("seed 0-62: the newest rows of every registry that has some", async () => {
  const { value: text } = await printing(() => ln.view());
  expect(text.split("\n\n").map((part) => part.split("\n")[0])).toEqual([
    "Artifact",
    "Project",
    "Run",
    "Storage",
    "Transform",
    "User",
  ]);
  expect(text).toContain("late.txt");
  expect(text).not.toContain("fastq/"); // the oldest files
});

test("seed 0-65: a pipeline that one registered is run by another", async () => {
  const transform = await transformOf("Cell Ranger");
  await ln.login("testuser1");
  const run = await ln.track(transform);
  await ln.finish();
  expect([await handle(transform), await handle(run)]).toEqual(["testuser2", "testuser1"]);
});

test("seed 0-63, 0-64: the owner deletes the instance while stored files are in it: they stay, and the folder can be removed", async () => {
  await setDefault(undefined);
  await page.cli("login", "testuser1");
  const { stdout } = await page.cli("delete", "mydata");
  const objects = join(page.storage, ".lineal", "objects");
  expect(stdout).toBe(`• deleting instance testuser1/mydata\n• stored files remain here: ${objects}\n`);
  expect(existsSync(join(page.storage, ".lineal", "lineal.db"))).toBe(false);
  expect(readFileSync(join(page.storage, "schmidt22-crispra-gws-IFNG.csv"), "utf8")).toBe(screen);
  expect(readdirSync(objects).length).toBeGreaterThan(0);
  await refused(ln.connect("testuser1/mydata"), "not-found");
  rmSync(page.storage, { recursive: true });
  expect(existsSync(page.storage)).toBe(false);
});
