/** A small single-cell analysis: normalise, embed, cluster, score. Deterministic throughout. */

/** Log-normalised expression: `values[cell][gene]`. */
export interface Expression {
  cells: string[];
  genes: string[];
  values: number[][];
}

/** Cells × genes from a long table of counts: counts per 10,000 of each cell, then log(1 + x). */
export function expressionOf(counts: readonly Record<string, unknown>[]): Expression {
  const cells = [...new Set(counts.map((row) => String(row["cell"])))].sort();
  const genes = [...new Set(counts.map((row) => String(row["gene"])))].sort();
  const [cellAt, geneAt] = [cells, genes].map((names) => new Map(names.map((name, index) => [name, index]))) as [
    Map<string, number>,
    Map<string, number>,
  ];
  const values = cells.map(() => genes.map(() => 0));
  for (const row of counts) {
    const cell = values[cellAt.get(String(row["cell"])) ?? -1];
    if (cell) cell[geneAt.get(String(row["gene"])) ?? -1] = Number(row["count"]);
  }
  for (const [index, cell] of values.entries()) {
    const total = sum(cell);
    values[index] = cell.map((count) => Math.log1p((count / total) * 1e4));
  }
  return { cells, genes, values };
}

/** Mean expression of `genes` minus the mean of all other genes, for each cell. */
export function scoreOf({ genes: all, values }: Expression, genes: readonly string[]): number[] {
  const chosen = all.map((gene) => genes.includes(gene));
  return values.map(
    (cell) => mean(cell.filter((_, gene) => chosen[gene])) - mean(cell.filter((_, gene) => !chosen[gene])),
  );
}

/** The first principal components of each cell, found by power iteration on standardised genes. */
export function embed({ genes, values }: Expression, components = 3): number[][] {
  const standard = transpose(transpose(values).map(standardised));
  const covariance = genes.map((_, a) =>
    genes.map((_, b) => sum(standard.map((cell) => (cell[a] ?? 0) * (cell[b] ?? 0))) / values.length),
  );
  const axes: number[][] = [];
  for (let component = 0; component < components; component++) {
    let axis = unit(genes.map((_, gene) => Math.cos(gene + component)));
    let size = 0;
    for (let step = 0; step < 200; step++) {
      const next = covariance.map((row) => dot(row, axis));
      size = Math.sqrt(dot(next, next));
      axis = unit(next);
    }
    axes.push(axis);
    for (const [a, row] of covariance.entries())
      for (const b of row.keys()) row[b] = (row[b] ?? 0) - size * (axis[a] ?? 0) * (axis[b] ?? 0);
  }
  return standard.map((cell) => axes.map((axis) => dot(axis, cell)));
}

/** A cluster for each cell, by k-means from far-apart starting points; numbered from the highest mean score down. */
export function clusterOf(positions: readonly number[][], k: number, score: readonly number[]): number[] {
  let centres = [positions[0] ?? []];
  while (centres.length < k) {
    const far = positions.map((position) => Math.min(...centres.map((centre) => distance(position, centre))));
    centres.push(positions[far.indexOf(Math.max(...far))] ?? []);
  }
  let members: number[] = [];
  for (let step = 0; step < 50; step++) {
    members = positions.map((position) => leastIndex(centres.map((centre) => distance(position, centre))));
    centres = centres.map((_, cluster) =>
      transpose(positions.filter((_, cell) => members[cell] === cluster)).map(mean),
    );
  }
  const means = centres.map((_, cluster) => mean(score.filter((_, cell) => members[cell] === cluster)));
  const order = means.map((_, cluster) => cluster).sort((a, b) => (means[b] ?? 0) - (means[a] ?? 0));
  return members.map((cluster) => order.indexOf(cluster));
}

/** The arithmetic mean; NaN of nothing. */
export const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, value, index) => total + value * (b[index] ?? 0), 0);
const distance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, value, index) => total + (value - (b[index] ?? 0)) ** 2, 0);
const leastIndex = (numbers: readonly number[]): number => numbers.indexOf(Math.min(...numbers));
const transpose = (rows: readonly number[][]): number[][] =>
  (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0));

function unit(vector: readonly number[]): number[] {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}

function standardised(numbers: readonly number[]): number[] {
  const middle = mean(numbers);
  const spread = Math.sqrt(mean(numbers.map((number) => (number - middle) ** 2))) || 1;
  return numbers.map((number) => (number - middle) / spread);
}
