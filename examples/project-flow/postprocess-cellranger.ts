/**
 * Turns the three matrix files into one table of counts, by testuser2. The original writes h5ad; a long table in
 * parquet says the same in a format that every tool reads, and that this package writes without HDF5.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import * as ln from "lineal";

await ln.track("YqmbO6oMXjRj");

const folder = "perturbseq/filtered_feature_bc_matrix";
const files = await ln.Artifact.filter({ key: { startsWith: `${folder}/` } });
const paths = new Map(await Promise.all(files.map(async (file) => [file.key, await file.cache()] as const)));
const [barcodes, features, matrix] = ["barcodes.tsv.gz", "features.tsv.gz", "matrix.mtx.gz"].map((name) =>
  linesOf(paths.get(`${folder}/${name}`) ?? ""),
) as [string[], string[], string[]];

const genes = features.map((line) => line.split("\t")[1]);
const counts = matrix.slice(2).map((line) => {
  const [gene = 0, cell = 0, count] = line.split(" ").map(Number);
  return { cell: barcodes[cell - 1], gene: genes[gene - 1], count };
});
await ln.Artifact.save(counts, { key: "schmidt22_perturbseq.parquet", description: "perturbseq counts" });
console.log(`${counts.length} counts of ${genes.length} genes in ${barcodes.length} cells`);

function linesOf(path: string): string[] {
  return gunzipSync(readFileSync(path)).toString().trimEnd().split("\n");
}
