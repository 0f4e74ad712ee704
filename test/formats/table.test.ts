/** Tables: building, choosing, sorting, printing. */
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Table } from "../../src/formats/table.ts";

const hits = Table.from([
  { gene: "TP53", "pos|fdr": 0.01, n: 3 },
  { gene: "MYC", "pos|fdr": null, n: 1 },
  { gene: "EGFR", n: 2, note: "missing fdr" },
]);

test("columns come in the order first seen, with types; what a row lacks is null", () => {
  expect(hits.columns).toEqual([
    { name: "gene", type: "text", nullable: false },
    { name: "pos|fdr", type: "real", nullable: true },
    { name: "n", type: "int", nullable: false },
    { name: "note", type: "text", nullable: true },
  ]);
  expect(hits.length).toBe(3);
  expect(hits.rows()[2]).toEqual({ gene: "EGFR", "pos|fdr": null, n: 2, note: "missing fdr" });
  expect([...hits]).toEqual(hits.rows());
  expect(JSON.parse(JSON.stringify(hits))).toEqual(hits.rows());
});

test("select, filter, slice and sortBy return new tables", () => {
  expect(hits.select(["n", "gene"]).rows()[0]).toEqual({ n: 3, gene: "TP53" });
  expect(hits.filter((row) => Number(row.n) > 1).column("gene")).toEqual(["TP53", "EGFR"]);
  expect(hits.slice(1).column("gene")).toEqual(["MYC", "EGFR"]);
  expect(hits.slice(-1).length).toBe(1);
  expect(hits.sortBy("n").column("gene")).toEqual(["MYC", "EGFR", "TP53"]);
  expect(hits.sortBy("pos|fdr", { descending: true }).column("gene")).toEqual(["TP53", "MYC", "EGFR"]);
  expect(hits.filter(() => false).columns.map(({ type }) => type)).toEqual(["text", "real", "int", "text"]);
  expect(hits.column("n")).toEqual([3, 1, 2]);
});

test("an unknown column is refused with a suggestion", () => {
  expect(() => hits.column("gnee")).toThrow(expect.objectContaining({ code: "invalid", hint: 'did you mean "gene"?' }));
});

test("columns of unequal length or with one name are refused", () => {
  expect(() => Table.from({ columns: { a: [1], b: [1, 2] } })).toThrow('column "b" has 2 cells');
  expect(() =>
    Table.from({
      columns: [
        { name: "a", values: [] },
        { name: "a", values: [] },
      ],
    }),
  ).toThrow('two columns are called "a"');
});

test("names that objects have anyway are ordinary columns", () => {
  const table = Table.from([JSON.parse('{"__proto__": 1, "constructor": 2}'), { other: 3 }]);
  expect(table.column("__proto__")).toEqual([1, null]);
  expect(table.column("constructor")).toEqual([2, null]);
  expect(Object.getPrototypeOf(table.rows()[0])).toBe(Object.prototype);
  expect(Object.keys(table.rows()[0] ?? {})).toEqual(["__proto__", "constructor", "other"]);
});

const wide = Table.from(
  Array.from({ length: 25 }, (_, i) => ({
    gene: ["TP53", "日本語", "e\u0301🧬", null][i % 4],
    "pos|fdr": i === 1 ? 0.1 + 0.2 : i / 8,
    count: i === 0 ? 2n ** 60n : i,
    at: new Date(1_734_707_373_000 + i),
    description: i === 2 ? "a very long description that cannot possibly fit into a column of a terminal" : "short",
    tags: ["a", i],
    last: true,
  })),
);

test("prints within 80 columns and within 40, saying what it leaves out", () => {
  expect(wide.toString({ width: 80 })).toMatchSnapshot();
  expect(wide.toString({ width: 40, rows: 5 })).toMatchSnapshot();
  expect(hits.toString({ width: 80 })).toMatchSnapshot();
  expect(hits.filter(() => false).toString({ width: 80 })).toMatchSnapshot();
});

test.each([8, 20, 40, 80, 200])("no line is wider than %i columns", (width) => {
  for (const line of wide.toString({ width }).split("\n")) {
    // 日本語 takes six columns and 🧬 two, the combining accent none
    const columns = [...line.replace(/\u0301/g, "")].reduce((sum, c) => sum + (/[日本語🧬]/u.test(c) ? 2 : 1), 0);
    if (!line.startsWith("…")) expect(columns).toBeLessThanOrEqual(width);
  }
});

test("no control character, bidirectional override or lone surrogate reaches the terminal", () => {
  const hostile = Table.from([
    { "\x1b]0;owned\x07name": "\x1b[31mred\x1b[0m\r\n\x9b2J\u202egnp.exe\ud800", o: { k: "\x1b[2J\x7f\x9b" } },
  ]);
  const text = hostile.toString({ width: 200 });
  expect(text).toContain("\\x1b[31mred\\x1b[0m\\r\\n\\x9b2J\\u202egnp.exe\\ud800");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]|\p{Cs}/u);
  expect(hostile.toHTML()).not.toContain("\x1b");
});

test("HTML is escaped and a notebook gets both forms", () => {
  const table = Table.from([{ "<b>": `<script>alert("x")</script> & 'y'`, n: 1 }]);
  expect(table.toHTML()).toMatchInlineSnapshot(`
    "<table>
    <thead><tr><th>&#60;b&#62;</th><th style="text-align:right">n</th></tr></thead>
    <tbody>
    <tr><td>&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62; &#38; &#39;y&#39;</td><td style="text-align:right">1</td></tr>
    </tbody>
    </table>"
  `);
  const display = (table as unknown as Record<symbol, () => Record<string, string>>)[
    Symbol.for("Jupyter.display")
  ]?.call(table);
  expect(display).toEqual({ "text/html": table.toHTML(), "text/plain": String(table) });
  expect(wide.toHTML({ rows: 2 })).toContain("… 23 more");
  expect(inspect(hits)).toBe(String(hits));
});
