/** The project flow of seed 001, run as its programs: who did what with which data, and twice the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Artifact, Instance } from "lineal";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectFlow } from "../../examples/steps.ts";
import { open, PATIENCE, place, play, type Printed } from "./play.ts";

const where = place(projectFlow);
let instance: Instance;
let printed: Printed;

/** Artifacts by key, or by description when they have none. */
const nameOf = (artifact: Artifact): string => artifact.key ?? `"${artifact.description}"`;
const names = async (artifacts: PromiseLike<Artifact[]>): Promise<string[]> => (await artifacts).map(nameOf).sort();
const contents = async (): Promise<string[]> =>
  (await instance.Artifact.filter()).map((artifact) => `${artifact.uid} ${artifact.hash}`).sort();

beforeAll(async () => {
  printed = await play(projectFlow, where);
  instance = await open(projectFlow, where);
}, PATIENCE);

afterAll(() => instance?.close());

const SCREEN = "schmidt22-crispra-gws-IFNG.csv";
const HITS = '"hits from schmidt22 crispra GWS"';
const READS = ["fastq/perturbseq_R1_001.fastq.gz", "fastq/perturbseq_R2_001.fastq.gz"];
const MATRIX = ["barcodes.tsv.gz", "features.tsv.gz", "matrix.mtx.gz"].map(
  (name) => `perturbseq/filtered_feature_bc_matrix/${name}`,
);
const COUNTS = "schmidt22_perturbseq.parquet";
const FIGURES = ["figures/matrixplot_fig2_score-wgs-hits-per-cluster.png", "figures/umap_fig1_score-wgs-hits.png"];

/** In the order in which they ran. */
const flow = [
  { key: "Upload GWS CRISPRa result", kind: "upload", user: "testuser1", inputs: [], outputs: [SCREEN], after: [] },
  {
    key: "screen-quality",
    kind: "notebook",
    user: "testuser1",
    inputs: [SCREEN],
    outputs: [],
    after: ["Upload GWS CRISPRa result"],
  },
  {
    key: "hit-identification.ts",
    kind: "script",
    user: "testuser2",
    inputs: [SCREEN],
    outputs: [HITS],
    after: ["Upload GWS CRISPRa result"],
  },
  { key: "chromium-10x-upload.ts", kind: "script", user: "testuser1", inputs: [], outputs: READS, after: [] },
  {
    key: "Cell Ranger",
    kind: "pipeline",
    user: "testuser2",
    inputs: READS,
    outputs: MATRIX,
    after: ["chromium-10x-upload.ts"],
  },
  {
    key: "postprocess-cellranger.ts",
    kind: "script",
    user: "testuser2",
    inputs: MATRIX,
    outputs: [COUNTS],
    after: ["Cell Ranger"],
  },
  {
    key: "integrated-analysis.ts",
    kind: "script",
    user: "testuser2",
    inputs: [HITS, COUNTS],
    outputs: FIGURES,
    after: ["hit-identification.ts", "postprocess-cellranger.ts"],
  },
  {
    key: "project-flow.ts",
    kind: "script",
    user: "testuser1",
    inputs: [FIGURES[0] as string],
    outputs: [],
    after: ["integrated-analysis.ts"],
  },
] as const;

describe("project flow", () => {
  test("has the transforms, users and predecessors of seed 001", async () => {
    const transforms = await instance.Transform.filter();
    const facts = await Promise.all(
      transforms.map(async (transform) => ({
        key: transform.key,
        kind: transform.kind,
        user: (await transform.createdBy).handle,
        after: (await transform.predecessors).map((before) => before.key).sort(),
      })),
    );
    expect(facts).toEqual(flow.map(({ key, kind, user, after }) => ({ key, kind, user, after })));
    expect((await instance.User.filter()).map((user) => user.handle)).toEqual(["testuser1", "testuser2"]);

    const uids = Object.fromEntries(transforms.map(({ key, uid }) => [key, uid]));
    expect(uids).toMatchObject({
      "hit-identification.ts": "T0T28btuB0PG0000",
      "chromium-10x-upload.ts": "qCJPkOuZAi9q0000",
      "postprocess-cellranger.ts": "YqmbO6oMXjRj0000",
      "integrated-analysis.ts": "lB3IyPLQSmvt0000",
      "project-flow.ts": "1LCd8kco9lZU0000",
    });
    const pipeline = await instance.Transform.get({ key: "Cell Ranger" });
    expect(pipeline).toMatchObject({ version: "7.2.0", reference: expect.stringMatching(/^https:.*cell-ranger/) });
  });

  test("has a completed run of each program, with its inputs, outputs and report", async () => {
    const runs = await instance.Run.filter();
    const facts = await Promise.all(
      runs.map(async (run) => ({
        key: (await run.transform).key,
        user: (await run.createdBy).handle,
        inputs: await names(run.inputs),
        outputs: await names(run.outputs),
        status: run.status,
        log: String(await (await run.report)?.load({ isRunInput: false })).includes("started new Run"),
      })),
    );
    const sorted = (list: readonly string[]): string[] => [...list].sort();
    const wanted = flow.map(({ key, user, inputs, outputs }) => ({
      key,
      user,
      inputs: sorted(inputs),
      outputs: sorted(outputs),
      status: "completed",
      log: true,
    }));
    expect(facts).toEqual(wanted);
  });

  test("stores what a script is made of", async () => {
    const analysis = await instance.Transform.get({ key: "integrated-analysis.ts" });
    expect((analysis.modules as { path: string }[]).map(({ path }) => path)).toEqual([
      "../draw.ts",
      "analysis.ts",
      "charts.ts",
    ]);
    expect(await analysis.sourceCode).toBe(
      readFileSync(new URL("../../examples/project-flow/integrated-analysis.ts", import.meta.url), "utf8"),
    );
  });

  test("finds artifacts as the seed does, and says which are generated", async () => {
    const { Artifact, Transform } = instance;
    expect(await Artifact.filter().first()).toMatchObject({
      key: SCREEN,
      description: "Raw data of schmidt22 crispra GWS",
    });
    expect(await Artifact.get({ description: "perturbseq counts" })).toMatchObject({ key: COUNTS, kind: "dataset" });
    expect(await Artifact.get({ description: "hits from schmidt22 crispra GWS" })).toMatchObject({
      key: null,
      suffix: ".parquet",
    });
    expect(await names(Artifact.filter({ ulabels: { name: "generated" } }))).toEqual([...READS, SCREEN]);
    const transform = await Transform.search("hit-identification").one();
    expect(await names(Artifact.filter({ transform }))).toEqual([HITS]);
    const { testuser1 } = await instance.User.lookup();
    expect((await Transform.filter({ createdBy: testuser1, kind: "notebook" })).map(({ key }) => key)).toEqual([
      "screen-quality",
    ]);
  });

  test("took the hits from the screen and the counts from the matrix", async () => {
    const [header = "", ...lines] = readFileSync(join(where.folder, "mydata", SCREEN), "utf8")
      .trimEnd()
      .split("\n");
    const fdr = header.split(",").indexOf("pos|fdr");
    const wanted = lines.map((line) => line.split(",")).filter((cells) => Number(cells[fdr]) < 0.01);
    const hits = await (await instance.Artifact.get({ description: "hits from schmidt22 crispra GWS" })).load({
      as: "rows",
    });
    expect(lines).toHaveLength(2000);
    expect(wanted.length).toBeGreaterThan(10);
    expect(hits.map((hit) => hit["id"])).toEqual(wanted.map(([id]) => id));
    expect(Object.keys(hits[0] ?? {})).toEqual(header.split(","));

    const [, size = "", ...entries] = gunzipSync(readFileSync(join(where.folder, "mydata", MATRIX[2] ?? "")))
      .toString()
      .trimEnd()
      .split("\n");
    const counts = await (await instance.Artifact.get({ key: COUNTS })).load({ as: "rows" });
    expect(counts.map((row) => row["count"])).toEqual(entries.map((line) => Number(line.split(" ")[2])));
    expect([
      new Set(counts.map((row) => row["gene"])).size,
      new Set(counts.map((row) => row["cell"])).size,
      counts.length,
    ]).toEqual(size.split(" ").map(Number));
  });

  test("drew two figures", async () => {
    for (const key of FIGURES) {
      const figure = await (await instance.Artifact.get({ key })).load<Uint8Array>();
      expect(Buffer.from(figure.subarray(0, 8)).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
      expect(figure.length, `${key} is nearly empty: are its labels there?`).toBeGreaterThan(50_000);
    }
  });

  test("the review prints the lineage down to the uploads, and itself at the end", () => {
    const review = printed["project-flow.ts"] ?? "";
    const tree = review.slice(review.indexOf("● figures/matrixplot"), review.indexOf("· The same"));
    for (const { key, user } of flow.filter(({ key }) => key !== "screen-quality"))
      expect(tree).toMatch(new RegExp(`[←→] ${key.replace(/\./g, "\\.")} +run \\w{8} +${user}`));
    expect(tree.trimEnd().split("\n").at(-1)).toMatch(/^→ project-flow\.ts/);
    expect(review).toContain(`${SCREEN}: the upload "Upload GWS CRISPRa result", testuser1`);
  });

  test("run again, it makes the same bytes: new runs, and nothing else that is new", {
    timeout: PATIENCE,
  }, async () => {
    const before = await contents();
    expect(before).toHaveLength(10);
    await play({ ...projectFlow, steps: projectFlow.steps.slice(0, -1) }, where);
    expect(await contents()).toEqual(before);
    expect(await instance.Transform.filter().count()).toBe(flow.length);
    const runs = await instance.Run.filter();
    expect(runs).toHaveLength(2 * flow.length);
    for (const [index, { outputs, inputs }] of flow.entries()) {
      const again = runs[flow.length + index];
      expect(await again?.outputs.count()).toBe(0);
      expect(await names(again?.recreated ?? Promise.resolve([]))).toEqual([...outputs].sort());
      expect(await names(again?.inputs ?? Promise.resolve([]))).toEqual([...inputs].sort());
    }
  });
});
