/** Tour 1 of 3: keeps the birds with every measurement. */
import * as ln from "lineal";

await ln.track();

const raw = await ln.Artifact.get({ key: "raw/penguins.csv" });
const birds = await raw.load<ln.Table>();
const complete = birds.filter((bird) => Object.values(bird).every((cell) => cell !== null && cell !== "."));

await ln.Artifact.save(complete, { key: "penguins/clean.parquet", description: "Penguins with every measurement" });
console.log(`kept ${complete.length} of ${birds.length} birds`);
