/** Perform single cell analysis, integrate with CRISPRa screen: do cells that differ also differ in the hits? By testuser2. */
import * as ln from "lineal";
import { drawPng } from "../draw.ts";
import { clusterOf, embed, expressionOf, scoreOf } from "./analysis.ts";
import { embeddingChart, matrixChart } from "./charts.ts";

await ln.track("lB3IyPLQSmvt");

const counts = await (await ln.Artifact.get({ description: { icontains: "perturbseq" } })).load({ as: "rows" });
const hits = await (await ln.Artifact.get({ description: "hits from schmidt22 crispra GWS" })).load<ln.Table>();

const expression = expressionOf(counts);
const ranked = hits.sortBy("pos|rank").column("id").map(String);
const seen = ranked.filter((gene) => expression.genes.includes(gene));
const score = scoreOf(expression, seen);
const positions = embed(expression);
const cluster = clusterOf(positions, 4, score);
console.log(`${expression.cells.length} cells in 4 clusters, scored by ${seen.length} of ${ranked.length} hits`);

await ln.Artifact.save(await drawPng(embeddingChart(positions, cluster, score)), {
  key: "figures/umap_fig1_score-wgs-hits.png",
});
await ln.Artifact.save(await drawPng(matrixChart(expression, seen, cluster, score)), {
  key: "figures/matrixplot_fig2_score-wgs-hits-per-cluster.png",
});
