/** Runs the registered pipeline on the uploaded reads, by testuser2. */
import { join } from "node:path";
import * as ln from "lineal";
import { countReads, writeMatrix } from "./count-reads.ts";

const transform = await ln.Transform.get({ key: "Cell Ranger", version: "7.2.0" });
await ln.track(transform);

const reads = await ln.Artifact.filter({ key: { startsWith: "fastq/perturbseq" } }).orderBy("key");
const [r1 = "", r2 = ""] = await Promise.all(reads.map((artifact) => artifact.cache()));
const counted = countReads(r1, r2);

const { storage } = await ln.instance();
const folder = join(storage, "perturbseq", "filtered_feature_bc_matrix");
writeMatrix(folder, counted);
await ln.Artifact.saveDir(folder);
console.log(
  `${counted.reads} reads, ${counted.mapped} mapped; ${counted.barcodes.length} cells of ${counted.droplets} droplets`,
);
