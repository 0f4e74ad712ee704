/** Seed 001, "Project flow": programs of two users in processes of their own, then the review, on both databases. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as ln from "lineal";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setDefault } from "../../src/instance/connect.ts";
import { refused } from "../registries/lab.ts";
import { type DatabaseUnderTest, forEachDatabase } from "../support/dialects.ts";
import { CELL_RANGER, type Flow, runProject } from "./flow-001.ts";
import { arrows, BEGUN, ENDED, printing, Session } from "./session.ts";

forEachDatabase((database: DatabaseUnderTest) => {
  let page: Session;
  let flow: Flow;
  beforeAll(async () => {
    page = await Session.open(database);
    flow = await runProject(page);
  }, 180_000);
  afterAll(() => page?.close());

  const matrixplot = (): Promise<ln.Artifact> => ln.Artifact.get({ key: { contains: "figures/matrixplot" } });
  const runOf = async (key: string): Promise<ln.Run> => (await (await ln.Transform.get({ key })).latestRun) as ln.Run;
  const lines = (stdout: string): string[] => stdout.trimEnd().split("\n");
  const userOf = async (record: { createdBy: PromiseLike<ln.User> }): Promise<string> =>
    (await record.createdBy).handle;

  test("seed 1-1, 1-2, 1-43: login and init say so; so does the first use of each program", () => {
    expect(flow.printed.login.stdout).toBe("→ logged in testuser1\n");
    expect(flow.printed.init.stdout).toMatch(/^→ connected lineal: testuser1\/mydata$/m);
    for (const name of ["hits", "chromium", "pipeline"] as const)
      expect(lines(flow.printed[name].stdout)).toContain("→ connected lineal: testuser1/mydata");
  });

  test("seed 1-3, 1-4, 1-5, 1-8: an upload by the first user, from inside a function, ended by the end of its process", async () => {
    const transform = await ln.Transform.get({ key: "Upload GWS CRISPRa result" });
    expect(transform).toMatchObject({ kind: "upload", uid: expect.stringMatching(/^[0-9A-Za-z]{12}0000$/) });
    expect((await ln.User.filter().first())?.handle).toBe("testuser1");
    expect(await userOf(transform)).toBe("testuser1");
    const [, , begun, ended] = lines(flow.printed.upload.stdout);
    expect(begun).toMatch(BEGUN);
    expect(begun).toContain(`Transform('${transform.uid.slice(0, 8)}'`);
    expect(ended).toMatch(ENDED);
    expect(await transform.latestRun).toMatchObject({ status: "completed", finishedAt: expect.any(Date) });
  });

  test("seed 1-6, 1-7: the screen lies in the storage under its own name, with its description and run", async () => {
    const file = (await ln.Artifact.filter().first()) as ln.Artifact;
    expect(file).toMatchObject({
      key: "schmidt22-crispra-gws-IFNG.csv",
      description: "Raw data of schmidt22 crispra GWS",
      path: join(page.storage, "schmidt22-crispra-gws-IFNG.csv"),
    });
    expect((await file.run)?.uid).toBe((await runOf("Upload GWS CRISPRa result")).uid);
  });

  test("seed 1-10, 1-46: a login on the command line holds for the next process; the uid given is used as it is", async () => {
    const transform = await ln.Transform.get("T0T28btuB0PG0000");
    expect(transform).toMatchObject({ key: "hit-identification.ts", uid: "T0T28btuB0PG0000" });
    expect([await userOf(transform), await userOf(await runOf("hit-identification.ts"))]).toEqual([
      "testuser2",
      "testuser2",
    ]);
    expect(flow.printed.hits.stdout).toMatch(
      /^→ created Transform\('T0T28btu', key='hit-identification\.ts'\), started new Run/m,
    );
  });

  test("seed 1-11, 1-12, 1-48: the hits are a table without a key, found by their description", async () => {
    const hits = await ln.Artifact.get({ description: "hits from schmidt22 crispra GWS" });
    expect(hits).toMatchObject({
      key: null,
      suffix: ".parquet",
      kind: "dataset",
      otype: "Table",
      nObservations: 2,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(hits.size).toBe(readFileSync(hits.path).length);
    const inputs = await ((await hits.run) as ln.Run).inputs;
    expect(inputs.map((file) => file.key)).toEqual(["schmidt22-crispra-gws-IFNG.csv"]);
  });

  test("seed 1-13, 1-47: the lineage grows with each step", () => {
    const hits = [
      "Upload GWS CRISPRa result → schmidt22-crispra-gws-IFNG.csv",
      "hit-identification.ts → hits from schmidt22 crispra GWS",
      "schmidt22-crispra-gws-IFNG.csv → hit-identification.ts",
    ];
    expect(flow.stages.hits).toEqual(hits);
    const [r1, r2] = ["fastq/perturbseq_R1_001.fastq.gz", "fastq/perturbseq_R2_001.fastq.gz"];
    const matrix = ["matrix.mtx.gz", "barcodes.tsv.gz", "features.tsv.gz"].map(
      (name) => `perturbseq/filtered_feature_bc_matrix/${name}`,
    );
    const counts = [
      ...[r1, r2].flatMap((file) => [`chromium-10x-upload.ts → ${file}`, `${file} → Cell Ranger`]),
      ...matrix.flatMap((file) => [`Cell Ranger → ${file}`, `${file} → postprocess-cellranger.ts`]),
      "postprocess-cellranger.ts → schmidt22_perturbseq.h5ad",
    ];
    expect(flow.stages.counts).toEqual(counts.sort());
    const own = [
      "hits from schmidt22 crispra GWS → integrated-analysis.ts",
      "schmidt22_perturbseq.h5ad → integrated-analysis.ts",
      "integrated-analysis.ts → figures/matrixplot_fig2_score-wgs-hits-per-cluster.png",
    ];
    expect(flow.stages.figure).toEqual(expect.arrayContaining([...hits, ...counts, ...own]));
  });

  test("seed 1-14, 1-42: a script that finishes prints three lines and keeps source, hash and report", async () => {
    const transform = await ln.Transform.get("qCJPkOuZAi9q0000");
    const run = await runOf("chromium-10x-upload.ts");
    const printed = lines(flow.printed.chromium.stdout).filter((line) => line.startsWith("→"));
    expect(printed).toEqual([
      "→ connected lineal: testuser1/mydata",
      expect.stringMatching(
        /^→ created Transform\('qCJPkOuZ', key='chromium-10x-upload\.ts'\), started new Run\('\w{8}'\) at /,
      ),
      expect.stringMatching(ENDED),
    ]);
    expect(printed[1]).toContain(`Run('${run.uid.slice(0, 8)}')`);
    expect(printed[2]).toContain(`finished Run('${run.uid.slice(0, 8)}') after `);
    expect(transform).toMatchObject({
      kind: "script",
      key: "chromium-10x-upload.ts",
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await transform.sourceCode).toBe(readFileSync(join(page.work, "chromium-10x-upload.ts"), "utf8"));
    expect(run).toMatchObject({ status: "completed", finishedAt: expect.any(Date) });
    const report = (await run.report) as ln.Artifact;
    expect(await report.load()).toContain(printed[1]);
    expect(await ln.Artifact.filter({ description: report.description }).count()).toBe(0);
  });

  test("seed 1-15, 1-42: a pipeline with version and reference, two inputs and three files of one folder in place", async () => {
    expect(await ln.Transform.get({ key: "Cell Ranger" })).toMatchObject(CELL_RANGER);
    expect(lines(flow.printed.pipeline.stdout).some((line) => BEGUN.test(line))).toBe(true);
    const run = await runOf("Cell Ranger");
    expect((await run.inputs).map((file) => file.key)).toEqual([
      "fastq/perturbseq_R1_001.fastq.gz",
      "fastq/perturbseq_R2_001.fastq.gz",
    ]);
    const outputs = await run.outputs.orderBy("key");
    expect(outputs.map((file) => [file.key, file.suffix])).toEqual([
      ["perturbseq/filtered_feature_bc_matrix/barcodes.tsv.gz", ".tsv.gz"],
      ["perturbseq/filtered_feature_bc_matrix/features.tsv.gz", ".tsv.gz"],
      ["perturbseq/filtered_feature_bc_matrix/matrix.mtx.gz", ".mtx.gz"],
    ]);
    for (const file of outputs) expect(file.path).toBe(join(page.storage, file.key as string));
    expect(run).toMatchObject({ status: "completed" });
  });

  test("seed 1-16, 1-17: counts from three inputs, in the storage; their script's source is kept from the start", async () => {
    const counts = await ln.Artifact.get({ description: "perturbseq counts" });
    expect(counts).toMatchObject({ key: "schmidt22_perturbseq.h5ad", suffix: ".h5ad" });
    expect((await counts.transform)?.uid).toBe("YqmbO6oMXjRj0000");
    expect(await ((await counts.run) as ln.Run).inputs.count()).toBe(3);
    expect(await (await counts.transform)?.sourceCode).toContain("perturbseq counts");
  });

  test("seed 1-18: two figures from two inputs, copied under the keys given", async () => {
    const run = await runOf("integrated-analysis.ts");
    expect((await run.transform).uid).toBe("lB3IyPLQSmvt0000");
    expect((await run.inputs).map((file) => file.description).sort()).toEqual([
      "hits from schmidt22 crispra GWS",
      "perturbseq counts",
    ]);
    const outputs = await run.outputs;
    expect(outputs.map((file) => file.key)).toEqual([
      "figures/umap_fig1_score-wgs-hits.png",
      "figures/matrixplot_fig2_score-wgs-hits-per-cluster.png",
    ]);
    for (const file of outputs) expect(file.path.startsWith(join(page.storage, ".lineal", "objects"))).toBe(true);
  });

  test("seed 1-28: a run made by hand, without any context", async () => {
    expect(ln.context.run).toBeUndefined();
    const run = await ln.Run.save({ transform: await ln.Transform.get({ key: "Upload GWS CRISPRa result" }) });
    const file = await ln.Artifact.save(page.write("note.txt", "by hand"), { run });
    expect((await (await ln.Artifact.get(file.uid)).run)?.uid).toBe(run.uid);
    await file.delete({ permanent: true });
    await run.delete({ permanent: true });
  });

  test("seed 1-19, 1-27: the review is a notebook with a title, and tracked: transform and run are in the context", async () => {
    const transform = await ln.Transform.get({ key: "project-flow.ipynb" });
    expect(transform).toMatchObject({ kind: "notebook", description: "Project flow" });
    expect(await userOf(transform)).toBe("testuser1");
    const run = await ln.track(transform);
    expect(page.line("started new Run")).toMatch(BEGUN);
    expect([ln.context.transform?.uid, ln.context.run?.uid]).toEqual([transform.uid, run.uid]);
  });

  test("seed 1-20, 1-21, 1-22: a figure by a part of its key; its local path is readable", async () => {
    const figure = await matrixplot();
    const path = await figure.cache();
    expect(path).toBe(join(page.storage, ".lineal", "objects", figure.hash.slice(0, 2), `${figure.hash}.png`));
    expect(figure.path).toBe(path);
    expect(readFileSync(figure.path, "utf8")).toBe(figure.key);
    expect(figure.uid).toMatch(/^[0-9A-Za-z]{20}$/);
  });

  test("seed 1-23, 1-29: the figure is an input of the review, which follows at the bottom, and whose parent made it", async () => {
    const figure = await matrixplot();
    expect((await figure.inputOf).map((run) => run.uid)).toEqual([ln.context.run?.uid]);
    const { value: graph, text } = await printing(() => figure.viewLineage());
    expect(graph.downstream(figure).map((node) => node.uid)).toEqual([ln.context.run?.uid]);
    const tree = lines(text);
    expect(tree[0]).toMatch(/^● figures\/matrixplot/);
    expect(tree.at(-1)).toMatch(/^→ project-flow\.ipynb/);
  });

  test("seed 1-24, 1-25, 1-26: the review by its title; its predecessors are the integrated analysis alone", async () => {
    const transform = (await ln.Transform.search("Project flow").first()) as ln.Transform;
    expect(transform.key).toBe("project-flow.ipynb");
    const table = await transform.predecessors.toTable();
    expect(table.rows()).toEqual([
      expect.objectContaining({
        uid: "lB3IyPLQSmvt0000",
        key: "integrated-analysis.ts",
        kind: "script",
        version: "0000",
        isLatest: true,
        reference: null,
      }),
    ]);
    const { value: graph } = await printing(() => transform.viewLineage());
    expect(arrows(graph)).toEqual(
      [
        "Cell Ranger → postprocess-cellranger.ts",
        "Upload GWS CRISPRa result → hit-identification.ts",
        "chromium-10x-upload.ts → Cell Ranger",
        "hit-identification.ts → integrated-analysis.ts",
        "integrated-analysis.ts → project-flow.ipynb",
        "postprocess-cellranger.ts → integrated-analysis.ts",
      ].sort(),
    );
  });

  test("seed 1-29, 1-30, 1-31: load and open link too; not when switched off, unless asked for", async () => {
    const run = ln.context.run as ln.Run;
    const raw = await ln.Artifact.get({ key: "schmidt22-crispra-gws-IFNG.csv" });
    const hits = await ln.Artifact.get({ description: "hits from schmidt22 crispra GWS" });
    ln.settings.trackRunInputs = false;
    await raw.load();
    await (await hits.open()).close();
    expect(await run.inputs.count()).toBe(1);
    await raw.load({ isRunInput: true });
    ln.settings.trackRunInputs = true;
    await (await hits.open()).close();
    expect((await run.inputs).map((file) => file.uid).sort()).toEqual(
      [raw.uid, hits.uid, (await matrixplot()).uid].sort(),
    );
    const parents = (await (ln.context.transform as ln.Transform).predecessors).map((transform) => transform.key);
    expect(parents.sort()).toEqual(["Upload GWS CRISPRa result", "hit-identification.ts", "integrated-analysis.ts"]);
  });

  test("seed 1-32, 1-33: the transform by its title, and the files it made", async () => {
    const transform = (await ln.Transform.search("GWS CRIPSRa analysis").first()) as ln.Transform;
    expect(transform.uid).toBe("T0T28btuB0PG0000");
    const table = await ln.Artifact.filter({ transform }).toTable();
    expect(table.rows()).toEqual([
      expect.objectContaining({
        key: null,
        description: "hits from schmidt22 crispra GWS",
        suffix: ".parquet",
        kind: "dataset",
        isLatest: true,
      }),
    ]);
    expect(table.columns.map((column) => column.name)).toEqual(
      expect.arrayContaining(["uid", "size", "run", "createdAt", "createdBy"]),
    );
  });

  test("seed 1-34, 1-35: which transform ingested the first file, and which user; what is empty is not printed", async () => {
    const file = (await ln.Artifact.filter().first()) as ln.Artifact;
    const transform = String(await file.transform);
    expect(transform).toMatch(/^Transform\(uid='\w{16}', .*key='Upload GWS CRISPRa result', kind='upload'/);
    expect(transform).not.toMatch(/null|description|reference/);
    expect(String(await file.createdBy)).toMatch(/^User\(uid='\w{8}', .*handle='testuser1'\)$/);
  });

  test("seed 1-36, 1-37: the transforms of a user in the order they came, and the notebooks among them", async () => {
    const { testuser1 } = await ln.User.lookup();
    const keys = async (where: Parameters<typeof ln.Transform.filter>[0]): Promise<readonly unknown[]> =>
      (await ln.Transform.filter(where).toTable()).column("key");
    expect(await keys({ createdBy: testuser1 })).toEqual([
      "Upload GWS CRISPRa result",
      "chromium-10x-upload.ts",
      "project-flow.ipynb",
    ]);
    expect(await keys({ createdBy: testuser1, kind: "notebook" })).toEqual(["project-flow.ipynb"]);
  });

  test("seed 1-38: the newest seven of each registry, in alphabetical order, reports left out", async () => {
    const { value: text } = await printing(() => ln.view());
    const parts = text.trimEnd().split("\n\n").map(lines);
    expect(parts.map(([name]) => name)).toEqual(["Artifact", "Run", "Storage", "Transform", "User"]);
    const shown = (parts[0] ?? []).slice(3).flatMap((line) => /^(\w{8,})…? /.exec(line)?.[1] ?? []);
    const newest = await ln.Artifact.filter().orderBy("-createdAt").limit(7);
    expect(shown).toHaveLength(7);
    expect(newest.map((file, i) => file.uid.startsWith(shown[i] as string))).toEqual(Array(7).fill(true));
    expect(await ln.Artifact.filter().count()).toBe(10);
    expect(Math.max(...lines(text).map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("seed 1-39: runs with a transform, and a report once they are finished", async () => {
    const runs = await ln.Run.filter();
    expect(runs.map((run) => run.status)).toEqual([...Array(6).fill("completed"), "started"]);
    for (const run of runs) {
      expect(run.uid).toMatch(/^[0-9A-Za-z]{16}$/);
      expect((await run.report) !== null).toBe(run.finishedAt !== null);
      expect(await run.initiatedByRun).toBeNull();
    }
    const transforms = await Promise.all(runs.map(async (run) => (await run.transform).key));
    expect(transforms).toEqual([
      "Upload GWS CRISPRa result",
      "hit-identification.ts",
      "chromium-10x-upload.ts",
      "Cell Ranger",
      "postprocess-cellranger.ts",
      "integrated-analysis.ts",
      "project-flow.ipynb",
    ]);
  });

  test("seed 1-40, 1-41: one storage with an absolute root, two users", async () => {
    const storage = await ln.Storage.filter().one();
    expect(storage).toMatchObject({ root: page.storage, type: "local", instanceUid: (await ln.instance()).uid });
    expect((await ln.instance()).uid).toMatch(/^[0-9A-Za-z]{12}$/);
    const users = await ln.User.filter();
    expect(users.map((user) => [user.handle, user.uid.length])).toEqual([
      ["testuser1", 8],
      ["testuser2", 8],
    ]);
  });

  test("seed 1-44, 1-45: the instance is deleted after its folder, without being asked", async () => {
    await ln.finish();
    await setDefault(undefined);
    rmSync(page.storage, { recursive: true });
    const { stdout } = await page.cli("delete", "--force", "mydata");
    expect(lines(stdout)[0]).toBe("• deleting instance testuser1/mydata");
    expect(existsSync(page.storage)).toBe(false);
    await refused(ln.connect("testuser1/mydata"), "not-found");
  });
});
