/** After the tour: the lineage of both versions of the figure, side by side. Asking links nothing, so it tracks nothing. */
import * as ln from "lineal";

const width = 38;
const figures = await ln.Artifact.filter({ key: "figures/penguins.png" }).orderBy("-createdAt").limit(2);
const columns = await Promise.all(
  figures.reverse().map(async (figure) => {
    const graph = await figure.lineage({ downstream: 0 });
    const raw = await ln.Artifact.get(graph.sources("artifact")[0]?.uid ?? "");
    return [
      `figure version ${figure.version}`,
      `made from raw version ${raw.version}`,
      "",
      ...graph.tree({ width }).split("\n"),
    ];
  }),
);

const height = Math.max(...columns.map((lines) => lines.length));
for (let line = 0; line < height; line++)
  console.log(
    columns
      .map((lines) => (lines[line] ?? "").padEnd(width))
      .join("    ")
      .trimEnd(),
  );
