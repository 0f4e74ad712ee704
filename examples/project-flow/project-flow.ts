/** Project flow: reviews the results and asks where they came from, as testuser1. */
import { statSync } from "node:fs";
import { dirname, relative } from "node:path";
import * as ln from "lineal";

await ln.login("testuser1");
await ln.track("1LCd8kco9lZU");
const heading = (text: string): void => console.log(`\n· ${text}`);

heading("One of the figures, and its lineage: this program is at the end of it");
const figure = await ln.Artifact.get({ key: { contains: "figures/matrixplot" } });
const path = await figure.cache();
console.log(`${statSync(path).size} bytes in ${relative(".", dirname(path))}\n`);
await figure.viewLineage();

heading("The same as a sequence of transforms: what came right before, and everything");
const review = await ln.Transform.search("project-flow").first();
await show(review?.predecessors, ["uid", "key", "kind", "createdAt"]);
await review?.viewLineage();

heading("Which artifacts did the hit identification make?");
const analysis = await ln.Transform.search("hit-identification").first();
await show(analysis && ln.Artifact.filter({ transform: analysis }), ["uid", "description", "suffix", "size"]);

heading("Which transform ingested the first artifact, and who?");
const first = await ln.Artifact.filter().first();
const ingested = await first?.transform;
const creator = await first?.createdBy;
console.log(`${first?.key}: the ${ingested?.kind} "${ingested?.key}", ${creator?.handle}`);

heading("Which transforms did testuser1 add?");
const users = await ln.User.lookup();
await show(ln.Transform.filter({ createdBy: users.testuser1 }), ["uid", "key", "kind", "createdAt"]);

heading("Which of them are notebooks?");
await show(ln.Transform.filter({ createdBy: users.testuser1, kind: "notebook" }), ["uid", "key", "kind", "createdAt"]);

heading("What is new in the whole instance?");
await ln.view();

async function show(query: { toTable(): Promise<ln.Table> } | undefined, columns: string[]): Promise<void> {
  console.log(String((await query?.toTable())?.select(columns)));
}
