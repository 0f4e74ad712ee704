/** Registers a pipeline ahead of any run, by testuser2. */
import * as ln from "lineal";

const transform = await ln.Transform.save({
  key: "Cell Ranger",
  version: "7.2.0",
  kind: "pipeline",
  reference: "https://www.10xgenomics.com/support/software/cell-ranger/7.2",
  description: "Counts molecules per cell; count-reads.ts stands in for the original here",
});
console.log(String(await ln.Transform.filter({ uid: transform.uid }).toTable()));
