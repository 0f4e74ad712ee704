/** Every row of the four seeds is named by a test, or waived with a reason. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Seed → how many rows its table has, numbered from 1. */
const tables = { 0: 66, 1: 48, 2: 22, 4: 20 };
const ids = Object.entries(tables).flatMap(([seed, rows]) =>
  Array.from({ length: rows }, (_, i) => `${seed}-${i + 1}`),
);
const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

const files = readdirSync(new URL(".", import.meta.url)).filter((name) => /^seed-\d+.*\.test\.ts$/.test(name));
const titles = files.flatMap((name) =>
  [...read(name).matchAll(/^ *test\("(.*?)"/gm)].map(([, title]) => ({
    seed: String(Number(name.slice(5, 8))),
    title: title ?? "",
  })),
);
const idsOf = (title: string): string[] =>
  (/^seed (\d+-\d+(?:, \d+-\d+)*): \S/.exec(title)?.[1] ?? "").split(", ").filter(Boolean);
const proven = new Set(titles.flatMap(({ title }) => idsOf(title)));
const waived = [...read("waived.md").matchAll(/^\| (\d+-\d+) \| (.*?) \| ?(.*?) ?\|$/gm)].map(
  ([, id = "", reason = "", instead = ""]) => ({
    id,
    reason,
    instead,
    inPart: reason.startsWith("In part: "),
  }),
);

test("every test of a seed names the rows it proves, of that seed", () => {
  expect(titles.length).toBeGreaterThan(0);
  for (const { seed, title } of titles) {
    expect(idsOf(title), title).not.toEqual([]);
    expect(
      idsOf(title).filter((id) => id.split("-")[0] !== seed || !ids.includes(id)),
      title,
    ).toEqual([]);
  }
});

test("every row is proven or waived", () => {
  const told = new Set([...proven, ...waived.map(({ id }) => id)]);
  expect(ids.filter((id) => !told.has(id))).toEqual([]);
});

test("a row is waived once, with a reason; one that is proven as well is waived in part, and says so", () => {
  const rows = read("waived.md")
    .split("\n")
    .filter((line) => /^\| \d/.test(line));
  expect(waived.map(({ id }) => id)).toEqual(ids.filter((id) => waived.some((row) => row.id === id)));
  expect(waived).toHaveLength(rows.length);
  for (const { id, reason, inPart } of waived) {
    expect(reason.length, id).toBeGreaterThan(20);
    expect(inPart, `${id}: ${inPart ? "no test names it" : "a test names it"}`).toBe(proven.has(id));
  }
});

test("what stands in for a waived row is there", () => {
  for (const { id, instead, inPart } of waived) {
    const named = [...instead.matchAll(/seed (\d+-\d+)/g)].map(([, other = ""]) => other);
    expect(
      named.filter((other) => !proven.has(other)),
      id,
    ).toEqual([]);
    expect(inPart || named.length > 0, `${id}: waived whole, and nothing stands in`).toBe(true);
  }
});
