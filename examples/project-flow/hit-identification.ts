/** GWS CRIPSRa analysis: the genes whose activation raises IFN-γ, by testuser2. */
import * as ln from "lineal";

await ln.track("T0T28btuB0PG");

const artifact = await ln.Artifact.get({ key: "schmidt22-crispra-gws-IFNG.csv" });
const screen = await artifact.load<ln.Table>();
const hits = screen.filter((gene) => Number(gene["pos|fdr"]) < 0.01);

await ln.Artifact.save(hits, { description: "hits from schmidt22 crispra GWS" });
console.log(`${hits.length} of ${screen.length} genes have pos|fdr < 0.01`);
