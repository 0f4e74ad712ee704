/**
 * Makes a database with a version of Lineal, and writes what that says of it: `node --conditions=lineal-source
 * test/db/old-version/make.ts OUT [POSTGRES URL]`, with LINEAL_OLD as the folder of that version's checkout.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { answersOf, type Questions } from "./answers.ts";

const [out = ".", db] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "lineal-old-"));
process.env.LINEAL_HOME = join(folder, "home");
const source = join(process.env.LINEAL_OLD ?? "", "src");
const library = (await import(join(source, "index.ts"))) as typeof import("../../../src/index.ts");
const { saveUser } = (await import(join(source, "instance/users.ts"))) as { saveUser(handle: string): unknown };
const { connectTo } = (await import(
  join(source, "instance/connect.ts")
)) as typeof import("../../../src/instance/connect.ts");
const { execute } = (await import(join(source, "db/operation.ts"))) as typeof import("../../../src/db/operation.ts");
const { default: sql } = await import("sql-template-tag");

saveUser("testuser1");
library.settings.verbosity = "error";
const storage = join(folder, "storage");
const ln = await library.init({ storage, name: "old", ...(db ? { db } : {}) });
const { Artifact, Collection, Record, Run, Transform } = ln;

const times: string[] = [];
const tick = async (): Promise<void> => {
  await setTimeout(15);
  times.push(new Date().toISOString());
  await setTimeout(15);
};
const transform = (key: string) => Transform.save({ key, kind: "script", description: `the text of ${key}` });
type Input = Awaited<ReturnType<typeof Artifact.get>>;
const run = async (of: Awaited<ReturnType<typeof transform>>, inputs: Input[], params = {}) => {
  await setTimeout(3);
  const made = await Run.save({
    transform: of,
    name: `a run of ${of.key}`,
    params: { secret: "s3cret-params", ...params },
  });
  for (const input of inputs) await made.inputs.add(input);
  return made;
};
const save = async (key: string, text: string, by: Awaited<ReturnType<typeof run>> | null, description?: string) => {
  await setTimeout(3);
  return Artifact.save(Buffer.from(text), { key, run: by ?? false, ...(description ? { description } : {}) });
};

// raw → clean → middle → last, with versions, a run that made something again, and a second branch of data
const [ingest, clean, join_, plot, lost] = [
  await transform("ingest.ts"),
  await transform("clean.ts"),
  await transform("join.ts"),
  await transform("plot.ts"),
  await transform("lost.ts"),
];
await plot.predecessors.add(lost);
await lost.predecessors.add(ingest);
const raw = await save("raw.csv", "raw 0", null, "s3cret-description");
const r1 = await run(ingest, [raw]);
const cleaned = await save("clean.csv", "clean 0", r1, "to be deleted");
const sibling = await save("sibling.csv", "sibling", r1);
await tick();
const r2 = await run(clean, [cleaned]);
const middle = await save("middle.csv", "middle 0", r2);
const kept = await save("kept.csv", "kept", r2);
const r3 = await run(join_, [middle, sibling]);
const joined = await save("joined.csv", "joined 0", r3);
const again = await run(join_, [middle]);
await save("joined.csv", "joined 0", again);
await r3.update({ status: "completed" });
await again.update({ status: "completed" });
const cohort = await Collection.save({ key: "cohort" });
for (const one of [joined, kept]) await cohort.artifacts.add(one);
const r4 = await run(plot, []);
await r4.inputCollections.add(cohort);
const figure = await save("figure.svg", "figure", r4);
await r4.update({ status: "completed" });
await tick();
const raw1 = await save("raw.csv", "raw 1", null);
const r1b = await run(ingest, [raw1], { threshold: 2 });
const cleaned1 = await save("clean.csv", "clean 1", r1b);
const r2b = await run(clean, [cleaned1]);
const middle1 = await save("middle.csv", "middle 1", r2b);
// a record, a run started by another, and things in the trash
const sample = await Record.save({ name: "sample" });
const r5 = await run(plot, [joined]);
await r5.inputRecords.add(sample);
const table = await save("table.csv", "table", r5);
const [child, parent] = [await run(lost, [table]), await run(ingest, [])];
const leaf = await save("leaf.csv", "leaf", child);
const end = await run(plot, [leaf]);
const final = await save("final.csv", "final", end);
const trashed = await save("trashed.csv", "trashed", end);
await trashed.delete();
await (await connectTo("testuser1/old")).write(function* () {
  yield* execute(
    sql`update run set initiated_by_run_id = (select id from run where uid = ${parent.uid}) where uid = ${child.uid}`,
  );
});
const unrelated = await save("alone.csv", "alone", null, "s3cret-alone");
await unrelated.update({ description: "s3cret-alone again" });
await tick();

// deleted for good in the middle of chains
const removed: { uid: string; delete(options: { permanent: true }): Promise<void> }[] = [];
const remove = async (one: (typeof removed)[number]): Promise<void> => {
  await one.delete({ permanent: true });
  removed.push(one);
};
await remove(middle);
await remove(kept);
await remove(r2);
await remove(cleaned);
await remove(raw);
await tick();
await remove(leaf);
await remove(await Run.get(child.uid));
await remove(sample);
await remove(cohort);
await remove(await Transform.get(lost.uid));
await remove(again);
await remove(unrelated);

const there = (name: Questions["records"][number]["name"], ...records: { uid: string }[]) =>
  records.map(({ uid }) => ({ name, uid }));
const questions: Questions = {
  records: [
    ...there("Artifact", sibling, joined, figure, raw1, cleaned1, middle1, table, final, trashed),
    ...there("Run", r1, r3, r4, r1b, r5, parent, end),
    ...there("Transform", ingest, clean, join_, plot),
  ],
  removed: removed.map(({ uid }) => uid),
  record: { uid: sample.uid, name: "sample" },
  times,
  runs: [
    [r1.uid, r1b.uid],
    [r3.uid, r5.uid],
    [r4.uid, r5.uid],
  ],
  data: [
    [joined.uid, table.uid],
    [sibling.uid, cleaned1.uid],
    [figure.uid, table.uid],
  ],
  keys: ["raw.csv", "clean.csv", "middle.csv", "kept.csv", "alone.csv"],
};
const answers = await answersOf({ ...library, ...ln } as never, questions);
writeFileSync(join(out, db ? "postgres.json" : "sqlite.json"), `${JSON.stringify({ questions, answers }, null, 1)}\n`);
await (await connectTo("testuser1/old")).close();
if (!db) {
  const file = new DatabaseSync(join(storage, ".lineal", "lineal.db"));
  file.exec(`vacuum into '${join(out, "sqlite.db")}'`);
  file.close();
}
rmSync(folder, { recursive: true, force: true });
