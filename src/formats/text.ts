/** Text files: documents, code, sequences, logs. */
import { LinealError } from "../ground/errors.ts";
import { type Column, pickColumns, type Row, type Value } from "./column.ts";
import { type Format, type Handle, handle, type Part, rangeOf } from "./format.ts";
import type { ByteSource } from "../ground/bytes.ts";
import { linesOf, textOf, utf8 } from "./utf8.ts";
import { Table } from "./table.ts";

/** UTF-8 text, read and written as a string, byte for byte. */
export const text: Format = {
  name: "text",
  kind: "text",
  suffixes: (
    ".txt .md .rst .log .sql .html .htm .xml .toml .css .fasta .fa .fna .faa .ffn .fastq .fq .sam .vcf .bed .gff .gff3 .gtf .wig .mtx " +
    ".maf .nwk .pdb .cif .sdf .mol .py .ipynb .r .rmd .qmd .js .mjs .cjs .jsx .ts .mts .cts .tsx .sh"
  ).split(" "),
  mime: "text/plain",
  read: (source) => textOf(source, { keepMark: true }),
  async write(value) {
    if (typeof value === "string") return utf8(value);
    throw new LinealError("invalid", "a text file holds a string", {
      hint: "pass a string, or use a key ending in .json for other values",
    });
  },
  open: openText,
};

/** A text file as its lines. */
export async function openText(source: ByteSource): Promise<Handle> {
  const columns: readonly Column[] = [{ name: "line", type: "text", nullable: false }];
  async function* rows(part: Part = {}): AsyncGenerator<Row> {
    pickColumns(columns, part.columns);
    const [start, end] = rangeOf(part);
    let at = 0;
    for await (const line of linesOf(source)) {
      if (at >= end) return;
      if (at++ >= start) yield { line };
    }
  }
  return handle({
    columns,
    rows,
    async table(part = {}) {
      const values: Value[] = [];
      for await (const { line = null } of rows(part)) values.push(line);
      return Table.from({ columns: [{ name: "line", type: "text", values }] });
    },
    lines: () => linesOf(source),
  });
}
