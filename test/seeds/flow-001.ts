/** The programs of seed 001, each run by a process of its own, and what the lineage was after some of them. */
import type { Artifact } from "lineal";
import * as ln from "lineal";
import type { Finished } from "../support/command-line.ts";
import { arrows, screen, type Session } from "./session.ts";

const LOGIN = (handle: string): string => `import * as ln from "lineal";\nawait ln.login("${handle}");`;
const IMPORT = `import * as ln from "lineal";\nimport { mkdirSync, writeFileSync } from "node:fs";`;

/** Nothing ends the run: the process does. */
const UPLOAD = `${IMPORT}
async function mockUploadCrisprResultApp() {
  await ln.login("testuser1");
  const transform = await ln.Transform.save({ key: "Upload GWS CRISPRa result", kind: "upload" });
  await ln.track({ transform });
  const path = (await ln.instance()).storage + "/schmidt22-crispra-gws-IFNG.csv";
  writeFileSync(path, ${JSON.stringify(screen)});
  await ln.Artifact.save(path, { description: "Raw data of schmidt22 crispra GWS" });
}
await mockUploadCrisprResultApp();`;

const HITS = `${IMPORT}
await ln.track("T0T28btuB0PG0000");
await ln.context.transform.update({ description: "GWS CRIPSRa analysis" });
const artifact = await ln.Artifact.get({ key: "schmidt22-crispra-gws-IFNG.csv" });
const table = await artifact.load();
await ln.Artifact.save(table.filter((row) => row["pos|fdr"] < 0.01), { description: "hits from schmidt22 crispra GWS" });`;

const CHROMIUM = `${LOGIN("testuser1")}
import { mkdirSync, writeFileSync } from "node:fs";
await ln.track("qCJPkOuZAi9q0000");
mkdirSync("mydata/fastq", { recursive: true });
for (const read of ["R1", "R2"]) {
  const path = \`mydata/fastq/perturbseq_\${read}_001.fastq.gz\`;
  writeFileSync(path, "reads" + read.slice(1));
  await ln.Artifact.save(path);
}
await ln.finish();`;

/** What the pipeline is, and where to read more. */
export const CELL_RANGER = {
  key: "Cell Ranger",
  version: "7.2.0",
  kind: "pipeline",
  reference: "https://www.10xgenomics.com/support/software/cell-ranger/7.2",
} as const;

const PIPELINE = `${LOGIN("testuser2")}
import { mkdirSync, writeFileSync } from "node:fs";
const transform = await ln.Transform.save(${JSON.stringify(CELL_RANGER)});
await ln.track({ transform });
const inputs = await ln.Artifact.filter({ key: { startsWith: "fastq/perturbseq" } });
await Promise.all(inputs.map((artifact) => artifact.cache()));
const folder = "./mydata/perturbseq/filtered_feature_bc_matrix/";
mkdirSync(folder, { recursive: true });
for (const name of ["matrix.mtx.gz", "barcodes.tsv.gz", "features.tsv.gz"]) writeFileSync(folder + name, name.slice(0, 6));
await ln.Artifact.saveDir(folder);`;

const POSTPROCESS = `${LOGIN("testuser2")}
import { writeFileSync } from "node:fs";
await ln.track("YqmbO6oMXjRj0000");
for await (const file of ln.Artifact.filter({ key: { startsWith: "perturbseq/filtered_feature_bc_matrix/" } })) await file.cache();
writeFileSync("mydata/schmidt22_perturbseq.h5ad", "counts");
await ln.Artifact.save("mydata/schmidt22_perturbseq.h5ad", { description: "perturbseq counts" });`;

const ANALYSIS = `${LOGIN("testuser2")}
import { mkdirSync, writeFileSync } from "node:fs";
await ln.track("lB3IyPLQSmvt0000");
await (await ln.Artifact.get({ description: { icontains: "Perturbseq" } })).cache();
await (await ln.Artifact.get({ description: "hits from schmidt22 crispra GWS" })).load();
mkdirSync("figures");
for (const key of ["figures/umap_fig1_score-wgs-hits.png", "figures/matrixplot_fig2_score-wgs-hits-per-cluster.png"]) {
  writeFileSync(key, key);
  await ln.Artifact.save(key, { key });
}`;

const NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [{ cell_type: "markdown", metadata: {}, source: ["# Project flow\n", "Review of the results."] }],
};

/** What each command printed, and the edges of the lineage at three stages. */
export interface Flow {
  readonly printed: Readonly<
    Record<"login" | "init" | "upload" | "hits" | "chromium" | "pipeline" | "postprocess" | "analysis", Finished>
  >;
  readonly stages: { readonly hits: string[]; readonly counts: string[]; readonly figure: string[] };
}

/** Runs the project up to the review. */
export async function runProject(page: Session): Promise<Flow> {
  const stage = async (where: Parameters<typeof Artifact.get>[0]): Promise<string[]> =>
    arrows(await (await ln.Artifact.get(where)).lineage());
  const login = await page.cli("login", "testuser1");
  const init = await page.cli("init", "--storage", "./mydata", ...(page.place.db ? ["--db", page.place.db] : []));
  const upload = await page.script("upload-crispra-result.ts", UPLOAD);
  await page.cli("login", "testuser2");
  const hits = await page.script("hit-identification.ts", HITS);
  const afterHits = await stage({ description: "hits from schmidt22 crispra GWS" });
  const chromium = await page.script("chromium-10x-upload.ts", CHROMIUM);
  const pipeline = await page.script("cellranger.ts", PIPELINE);
  const postprocess = await page.script("postprocess-cellranger.ts", POSTPROCESS);
  const afterCounts = await stage({ description: "perturbseq counts" });
  const analysis = await page.script("integrated-analysis.ts", ANALYSIS);
  const afterFigure = await stage({ key: { contains: "figures/matrixplot" } });
  await page.cli("login", "testuser1");
  await page.cli("save", page.write("project-flow.ipynb", JSON.stringify(NOTEBOOK)));
  return {
    printed: { login, init, upload, hits, chromium, pipeline, postprocess, analysis },
    stages: { hits: afterHits, counts: afterCounts, figure: afterFigure },
  };
}
