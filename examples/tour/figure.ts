/** Tour 3 of 3: draws every bird, and the mean of its group. */
import * as ln from "lineal";
import { drawPng } from "../draw.ts";
import { penguinChart } from "./chart.ts";

await ln.track();

const clean = await ln.Artifact.get({ key: "penguins/clean.parquet" });
const summary = await ln.Artifact.get({ key: "penguins/summary.csv" });
const chart = penguinChart(await clean.load({ as: "rows" }), await summary.load({ as: "rows" }));

const figure = await ln.Artifact.save(await drawPng(chart), { key: "figures/penguins.png" });
console.log(`drew ${figure.key}`);
