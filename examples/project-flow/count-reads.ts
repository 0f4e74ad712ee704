/** A small stand-in for Cell Ranger: maps reads to genes, counts molecules per cell, keeps the droplets that hold one. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { transcriptome } from "./genes.ts";

const SEED = 20; // letters at the start of a read that must match a transcript
const FEWEST = 40; // molecules of a droplet that counts as a cell

/** What was counted; entries are [gene, barcode, count], numbered from 0. */
export interface Counted {
  genes: string[];
  barcodes: string[];
  entries: [gene: number, barcode: number, count: number][];
  reads: number;
  mapped: number;
  droplets: number;
}

/** Counts the molecules of each gene in each cell of a paired library; copies of one molecule (same UMI) count once. */
export function countReads(r1: string, r2: string): Counted {
  const sequences = transcriptome();
  const genes = [...sequences.keys()];
  const index = new Map<string, number>();
  for (const [gene, sequence] of sequences) {
    for (let start = 0; start + SEED <= sequence.length; start++)
      index.set(sequence.slice(start, start + SEED), genes.indexOf(gene));
  }
  const [tags, inserts] = [sequencesOf(r1), sequencesOf(r2)];
  const droplets = new Map<string, Map<number, Set<string>>>();
  let mapped = 0;
  for (const [read, tag] of tags.entries()) {
    const gene = index.get(inserts[read]?.slice(0, SEED) ?? "");
    if (gene === undefined) continue;
    mapped++;
    const [barcode, umi] = [tag.slice(0, 16), tag.slice(16, 28)];
    const molecules = droplets.get(barcode) ?? new Map<number, Set<string>>();
    droplets.set(barcode, molecules.set(gene, (molecules.get(gene) ?? new Set()).add(umi)));
  }
  const cells = [...droplets].filter(
    ([, molecules]) => [...molecules.values()].reduce((sum, umis) => sum + umis.size, 0) >= FEWEST,
  );
  cells.sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = cells.flatMap(([, molecules], cell) =>
    [...molecules].sort(([a], [b]) => a - b).map(([gene, umis]): Counted["entries"][number] => [gene, cell, umis.size]),
  );
  return {
    genes,
    barcodes: cells.map(([barcode]) => `${barcode}-1`),
    entries,
    reads: tags.length,
    mapped,
    droplets: droplets.size,
  };
}

/** Every second line of four. */
function sequencesOf(fastq: string): string[] {
  return gunzipSync(readFileSync(fastq))
    .toString("latin1")
    .split("\n")
    .filter((_, line) => line % 4 === 1);
}

/** Writes the three files of a 10x count matrix into `folder`. */
export function writeMatrix(folder: string, { genes, barcodes, entries }: Counted): void {
  mkdirSync(folder, { recursive: true });
  const size = `${genes.length} ${barcodes.length} ${entries.length}`;
  const matrix = [
    "%%MatrixMarket matrix coordinate integer general",
    size,
    ...entries.map(([gene, cell, count]) => `${gene + 1} ${cell + 1} ${count}`),
  ];
  const features = genes.map(
    (gene, index) => `GENERATED${String(index + 1).padStart(5, "0")}\t${gene}\tGene Expression`,
  );
  for (const [name, lines] of Object.entries({
    "matrix.mtx": matrix,
    "barcodes.tsv": barcodes,
    "features.tsv": features,
  })) {
    writeFileSync(join(folder, `${name}.gz`), gzipSync(`${lines.join("\n")}\n`));
  }
}
