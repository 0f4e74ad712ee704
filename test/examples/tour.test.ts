/** The five-minute tour, run as its programs: a corrected line makes new versions of everything that came from it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Artifact, Instance } from "lineal";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tour } from "../../examples/steps.ts";
import { open, PATIENCE, place, play, type Printed } from "./play.ts";

const where = place(tour);
let instance: Instance;
let printed: Printed;

beforeAll(async () => {
  printed = await play(tour, where);
  instance = await open(tour, where);
}, PATIENCE);

afterAll(() => instance?.close());

const versions = async (key: string): Promise<Artifact[]> => instance.Artifact.filter({ key }).orderBy("createdAt");

test("each key has two versions, the newer of which is the latest", async () => {
  for (const key of ["raw/penguins.csv", "penguins/clean.parquet", "penguins/summary.csv", "figures/penguins.png"]) {
    const [older, newer, ...others] = await versions(key);
    expect(others).toEqual([]);
    expect([older?.version, newer?.version]).toEqual(["0000", "0001"]);
    expect([older?.isLatest, newer?.isLatest]).toEqual([false, true]);
    expect(older?.hash).not.toBe(newer?.hash);
  }
  expect(existsSync(join(where.folder, "penguins.png"))).toBe(true);
});

test("each figure comes from its own version of the raw table, by three users", async () => {
  const [raw, figures] = await Promise.all([versions("raw/penguins.csv"), versions("figures/penguins.png")]);
  for (const [index, figure] of figures.entries()) {
    const graph = await figure.lineage({ downstream: 0 });
    expect(graph.sources().map((node) => node.uid)).toEqual([raw[index]?.uid]);
    const users = graph.nodes
      .flatMap((node) => (node.kind === "run" ? [`${node.label} ${node.createdBy}`] : []))
      .sort();
    expect(users).toEqual(["clean.ts testuser1", "figure.ts testuser3", "summarise.ts testuser2"]);
  }
  expect(printed["compare.ts"]).toMatch(/made from raw version 0000 +made from raw version 0001/);
});

test("the corrected bird is one more in its group, and no other group changes", async () => {
  const [before = [], after = []] = await Promise.all(
    (await versions("penguins/summary.csv")).map((table) => table.load({ as: "rows" })),
  );
  const changed = after.filter((row, index) => JSON.stringify(row) !== JSON.stringify(before[index]));
  expect(changed).toMatchObject([{ Species: "Gentoo", Sex: "FEMALE", Birds: 59 }]);
  expect(before.map((row) => row["Birds"])).toEqual([73, 73, 34, 34, 58, 61]);
});

test("again, it finds the corrected table and re-uses every artifact", { timeout: PATIENCE }, async () => {
  const count = await instance.Artifact.filter().count();
  const again = await play(tour, where);
  expect(again["deliver.ts"]).toMatch(/here already/);
  expect(again["compare.ts"]).toMatch(/made from raw version 0000 +made from raw version 0001/);
  expect(await instance.Artifact.filter().count()).toBe(count);
});
