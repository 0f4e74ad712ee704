/** Tables for people: aligned text for a terminal, HTML for a notebook. */
import type { ColumnType, ColumnValues, Value } from "./column.ts";
import { displayWidth, escapeControls, pad, truncate } from "../ground/width.ts";

/** How much of a table to show: `width` in terminal columns, `rows` at most. */
export interface PrintOptions {
  readonly width?: number | undefined;
  readonly rows?: number | undefined;
}

const GAP = "  ";
/** Longest cells, in terminal columns: below the last, a column goes rather than be unreadable. */
const CELL_CAPS = [48, 36, 28, 20];

/** One cell as a person reads it: times in UTC, JSON in one line, nothing for null; no control characters. */
function cellText(value: Value): string {
  if (value === null) return "";
  if (typeof value === "string") return escapeControls(value);
  if (typeof value === "number") return shortNumber(value);
  if (value instanceof Date)
    return value
      .toISOString()
      .replace("T", " ")
      .replace(/(\.000)?Z$/, "");
  if (value instanceof Uint8Array) return `<${value.byteLength} bytes>`;
  if (typeof value === "object") return escapeControls(jsonText(value));
  return String(value);
}

/** The table as lines no wider than `width`, numbers to the right; says how many rows and columns it leaves out. */
export function tableText(columns: readonly ColumnValues[], length: number, options: PrintOptions = {}): string {
  const width = Math.max(8, options.width ?? terminalWidth());
  const shown = Math.min(length, options.rows ?? 20);
  if (columns.length === 0) return "(no columns)";
  const all = columns.map((column) => layOut(column, shown));
  const fitted = fit(all, width);
  const lines: string[] = [];
  const line = (cell: (column: Laid) => string): void => {
    lines.push(
      fitted
        .map((column) => pad(truncate(cell(column), column.width), column.width, column.side))
        .join(GAP)
        .trimEnd(),
    );
  };
  line((column) => column.name);
  line((column) => "─".repeat(column.width));
  for (let row = 0; row < shown; row++) line((column) => column.cells[row] ?? "");
  if (length === 0) lines.push("(no rows)");
  if (length > shown) lines.push(`… ${length - shown} more`);
  const dropped = all.length - fitted.length;
  if (dropped > 0) lines.push(`… ${dropped} more ${dropped === 1 ? "column" : "columns"}`);
  return lines.join("\n");
}

/** The table as one `<table>` element with every name and cell escaped. */
export function tableHtml(columns: readonly ColumnValues[], length: number, options: PrintOptions = {}): string {
  const shown = Math.min(length, options.rows ?? 20);
  const align = (type: ColumnType): string => (isNumeric(type) ? ' style="text-align:right"' : "");
  const head = columns.map(({ name, type }) => `<th${align(type)}>${escapeHtml(escapeControls(name))}</th>`).join("");
  const body = Array.from({ length: shown }, (_, row) => {
    const cells = columns.map(
      ({ type, values }) => `<td${align(type)}>${escapeHtml(cellText(values[row] ?? null))}</td>`,
    );
    return `<tr>${cells.join("")}</tr>\n`;
  }).join("");
  const more = length > shown ? `<caption style="caption-side:bottom">… ${length - shown} more</caption>\n` : "";
  return `<table>\n${more}<thead><tr>${head}</tr></thead>\n<tbody>\n${body}</tbody>\n</table>`;
}

interface Laid {
  readonly name: string;
  readonly cells: readonly string[];
  readonly side: "left" | "right";
  readonly width: number;
  /** What may not be shortened: numbers, times and booleans would read as something else. */
  readonly rigid: number;
}

function layOut({ name, type, values }: ColumnValues, shown: number): Laid {
  const cells = values.slice(0, shown).map(cellText);
  const header = escapeControls(name);
  const widest = cells.reduce((most, cell) => Math.max(most, displayWidth(cell)), 1);
  const width = Math.max(widest, displayWidth(header));
  return {
    name: header,
    cells,
    side: isNumeric(type) ? "left" : "right",
    width,
    rigid: type === "text" || type === "json" ? 0 : widest,
  };
}

/** The columns that fit: long text is shortened a little, then empty columns go, then columns from the right. */
function fit(columns: readonly Laid[], width: number): readonly Laid[] {
  const telling = columns.filter((column) => column.cells.some((cell) => cell !== ""));
  const choices = [columns, ...telling.map((_, i) => telling.slice(0, telling.length - i))];
  for (const choice of choices) {
    for (const cap of CELL_CAPS) {
      const capped = choice.map((column) => ({
        ...column,
        width: Math.min(column.width, Math.max(cap, column.rigid), width),
      }));
      if (total(capped) <= width) return capped;
    }
  }
  return columns.slice(0, 1).map((column) => ({ ...column, width }));
}

function total(columns: readonly Laid[]): number {
  return columns.reduce((sum, column) => sum + column.width, GAP.length * (columns.length - 1));
}

function isNumeric(type: ColumnType): boolean {
  return type === "int" || type === "bigint" || type === "real";
}

/** Ten significant digits where a number has more, so that 0.1 + 0.2 reads 0.3; large numbers stay whole. */
function shortNumber(value: number): string {
  const text = String(value);
  return text.length <= 12 || Math.abs(value) >= 1e9 || !Number.isFinite(value)
    ? text
    : String(Number(value.toPrecision(10)));
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner)) ?? "";
  } catch {
    return "[cyclic]";
  }
}

function terminalWidth(): number {
  return (typeof process === "undefined" ? undefined : process.stdout?.columns) || 80;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
