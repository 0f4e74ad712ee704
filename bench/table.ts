/** Results for people and for programs, with the machine they were taken on. */
import { cpus, release, totalmem } from "node:os";
import type { Row } from "./measure.ts";

/** The results of one bench. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
}

/** The machine in one line; nothing that tells whose it is. */
export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim() ?? "unknown CPU"}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${release().split("-")[0]}, Node ${process.versions.node}, SQLite ${process.versions.sqlite}`;
}

/** Markdown that also reads well in a terminal. */
export function markdown(sections: readonly Section[]): string {
  const head = ["what", "result", "floor", "floor's result", "ratio", "aim"];
  return [
    `Machine: ${machine()}`,
    ...sections.map(({ title, rows }) => `\n### ${title}\n\n${aligned([head, ...rows.map(cells)])}${notes(rows)}`),
  ].join("\n");
}

function cells({ what, seconds, amount, floor, aim }: Row): string[] {
  const shown = (s: number): string => (amount ? `${rate(amount.count / s)} ${amount.unit}/s` : duration(s));
  return [
    what,
    shown(seconds),
    floor?.what ?? "",
    floor ? shown(floor.seconds) : "",
    floor ? `${(seconds / floor.seconds).toFixed(2)} ×` : "",
    aim ? `${aim.text}: ${aim.met ? "met" : "MISSED"}` : "",
  ];
}

const notes = (rows: readonly Row[]): string =>
  rows.flatMap(({ what, note }) => (note ? [`\n- ${what}: ${note}`] : [])).join("");

const rate = (perSecond: number): string => Math.round(perSecond).toLocaleString("en");

function duration(seconds: number): string {
  if (seconds >= 1) return `${seconds.toFixed(2)} s`;
  const ms = seconds * 1000;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return `${[line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...body.map(line)].join("\n")}\n`;
}
