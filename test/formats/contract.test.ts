/** The format contract over every format. */
import { Table } from "../../src/formats/index.ts";
import { type FormatExamples, formatContract } from "../contract/format.ts";

const sample = (name: string): URL => new URL(`samples/${name}`, import.meta.url);

const tables = {
  plain: Table.from([
    { gene: "TP53", "pos|fdr": 0.01, "a.b": true },
    { gene: "MYC", "pos|fdr": 1e-300, "a.b": false },
  ]),
  unicode: Table.from([{ "Ünï 日本": "🧬 e\u0301", ["__proto__"]: "x", constructor: "y" }]),
  quotes: Table.from([
    { a: 'say "hi", then\nleave\r\n', b: "\ttab, comma" },
    { a: "", b: null },
  ]),
  bigints: Table.from([
    { n: 2n ** 63n - 1n, m: 2 ** 53 - 1, w: 2 ** 40 },
    { n: -(2n ** 63n), m: -1, w: null },
  ]),
  reals: Table.from([
    { x: 0.1 + 0.2, y: 1e21 },
    { x: Number.NaN, y: -0 },
    { x: Number.POSITIVE_INFINITY, y: 5e-324 },
    { x: -0, y: 2 ** 60 },
  ]),
  times: Table.from([
    { at: new Date("2024-12-20T15:09:33.001Z"), other: new Date(-1) },
    { at: null, other: new Date("+012024-01-01T00:00:00Z") },
  ]),
  nulls: Table.from([
    { a: null, b: 1 },
    { a: null, b: null },
  ]),
  "one column": Table.from([{ a: "x" }, { a: null }, { a: "y" }]),
  "no rows": Table.from({ columns: { a: [], b: [] } }),
};
const values = {
  object: { a: 1, "b c": [null, true, "Ünï 日本 🧬", -0.5, {}], nested: { deep: [[]] } },
  string: "text\n\u2028",
  zero: 0,
  nothing: null,
  empty: [],
};
const texts = { plain: "one\ntwo\n", empty: "", unicode: "\ufeffÜnï 日本 🧬\r\n" };
const { object, string, zero, nothing } = values;

const examples: FormatExamples[] = [
  { suffix: ".csv", values: tables, sample: sample("sample.csv") },
  { suffix: ".tsv", values: tables, sample: sample("sample.tsv") },
  { suffix: ".tsv.gz", values: tables, sample: sample("sample.tsv.gz") },
  {
    suffix: ".parquet",
    values: {
      ...tables,
      json: Table.from([
        { mixed: 1, nested: { a: [1] } },
        { mixed: "one", nested: ["x"] },
        { mixed: null, nested: { a: null } },
      ]),
    },
    sample: sample("polars-zstd.parquet"),
  },
  { suffix: ".json", values, sample: sample("sample.json") },
  { suffix: ".jsonl", values: { mixed: [object, string, zero, nothing], empty: [] }, sample: sample("sample.jsonl") },
  {
    suffix: ".yaml",
    values: { ...values, bigint: { n: 2n ** 70n }, "not a number": [Number.NaN, Number.POSITIVE_INFINITY] },
    sample: sample("sample.yaml"),
  },
  { suffix: ".fasta", values: texts, sample: sample("sample.fasta") },
  { suffix: ".txt", values: texts, sample: sample("sample.fasta") },
  {
    suffix: ".png",
    values: { bytes: new Uint8Array([137, 80, 78, 71, 0, 255]), empty: new Uint8Array() },
    sample: sample("sample.png"),
  },
  { suffix: ".unknown", values: { bytes: new Uint8Array([0, 1, 2]) }, sample: sample("sample.png") },
];

for (const example of examples) formatContract(example);
