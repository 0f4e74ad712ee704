/** The two figures of the integrated analysis, as vega-lite specifications. */
import type { TopLevelSpec } from "vega-lite";
import { type Expression, mean } from "./analysis.ts";

const palette = ["#d1642e", "#7a4fb5", "#12807c", "#a3a31f"];
const name = (cluster: number): string => `cluster ${cluster + 1}`;

/** Cells by their first two principal components, coloured by cluster and by their score for the hits. */
export function embeddingChart(
  positions: readonly number[][],
  cluster: readonly number[],
  score: readonly number[],
): TopLevelSpec {
  const values = positions.map(([x, y], cell) => ({ x, y, cluster: name(cluster[cell] ?? 0), score: score[cell] }));
  const centres = [...new Set(cluster)].map((number) => {
    const members = positions.filter((_, cell) => cluster[cell] === number);
    return { x: mean(members.map(([x]) => x ?? 0)), y: mean(members.map(([, y]) => y ?? 0)), cluster: name(number) };
  });
  const x = { field: "x", type: "quantitative", title: "principal component 1" } as const;
  const y = { field: "y", type: "quantitative", title: "principal component 2" } as const;
  const dots = { type: "point", filled: true, size: 34, opacity: 0.85 } as const;
  return {
    title: {
      text: "Which cells express the hits of the screen?",
      subtitle: "Generated data. Principal components stand in for the UMAP of the original.",
    },
    data: { values },
    hconcat: [
      {
        width: 330,
        height: 300,
        layer: [
          {
            mark: dots,
            encoding: { x, y, color: { field: "cluster", type: "nominal", scale: { range: palette }, legend: null } },
          },
          {
            data: { values: centres },
            mark: {
              type: "text",
              fontSize: 13,
              fontWeight: "bold",
              stroke: "white",
              strokeWidth: 4,
              strokeJoin: "round",
            },
            encoding: { x, y, text: { field: "cluster" } },
          },
          {
            data: { values: centres },
            mark: { type: "text", fontSize: 13, fontWeight: "bold", color: "#24292f" },
            encoding: { x, y, text: { field: "cluster" } },
          },
        ],
      },
      {
        width: 330,
        height: 300,
        mark: dots,
        encoding: {
          x,
          y,
          color: { field: "score", type: "quantitative", scale: { scheme: "viridis" }, title: "score of hits" },
        },
      },
    ],
    resolve: { scale: { color: "independent" } },
  };
}

/** Mean expression of each hit in each cluster, and beside it the mean score of the cluster. */
export function matrixChart(
  { genes, values }: Expression,
  hits: readonly string[],
  cluster: readonly number[],
  score: readonly number[],
): TopLevelSpec {
  const clusters = [...new Set(cluster)].sort();
  const within = (number: number, of: (cell: number) => number): number =>
    mean(cluster.flatMap((member, cell) => (member === number ? [of(cell)] : [])));
  const expression = clusters.flatMap((number) =>
    hits.map((gene) => ({
      cluster: name(number),
      gene,
      expression: within(number, (cell) => values[cell]?.[genes.indexOf(gene)] ?? 0),
    })),
  );
  const scores = clusters.map((number) => ({
    cluster: name(number),
    score: within(number, (cell) => score[cell] ?? 0),
  }));
  const height = 34 * clusters.length;
  const y = { field: "cluster", type: "nominal", title: null } as const;
  return {
    title: {
      text: "Hits of the screen in each cluster",
      subtitle: "Generated data. Mean log expression of the hits, best first; right: their score.",
    },
    hconcat: [
      {
        data: { values: expression },
        width: 17 * hits.length,
        height,
        mark: { type: "rect", stroke: "white" },
        encoding: {
          x: { field: "gene", type: "nominal", sort: [...hits], title: null, axis: { labelAngle: -60 } },
          y,
          color: {
            field: "expression",
            type: "quantitative",
            scale: { scheme: "viridis" },
            title: "expression",
            legend: { gradientLength: height - 20 },
          },
        },
      },
      {
        data: { values: scores },
        width: 90,
        height,
        mark: { type: "bar", color: "#57606a", height: { band: 0.7 } },
        encoding: { x: { field: "score", type: "quantitative", title: "score of hits" }, y: { ...y, axis: null } },
      },
    ],
  };
}
