/** Tour 2 of 3: mean measurements of each species and sex. */
import * as ln from "lineal";
import { groupMeans } from "./means.ts";

await ln.track();

const clean = await ln.Artifact.get({ key: "penguins/clean.parquet" });
const means = groupMeans(await clean.load({ as: "rows" }));

await ln.Artifact.save(means, { key: "penguins/summary.csv", description: "Mean measurements by species and sex" });
console.log(String(ln.Table.from(means).select(["Species", "Sex", "Birds", "Flipper Length (mm)", "Body Mass (g)"])));
