/** How values and records are written for people. */
import { printSize } from "../ground/size.ts";
import { escapeControls } from "../ground/width.ts";
import { model } from "./model.ts";
import type { Name } from "./types.ts";

/** A row as its registry declares it. */
interface Titled {
  readonly uid: string;
  readonly [column: string]: unknown;
}

/** A value on one line: sizes and times in short, by the unit of their column. */
export function printValue(value: unknown, unit?: string): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return printTime(value);
  if (unit === "bytes") return printSize(Number(value));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A value of JSON: texts as they are, all else as JSON. */
export const printJson = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** `2024-12-20 15:09:33 UTC` */
export function printTime(time: Date): string {
  return `${printMinute(time)}${time.toISOString().slice(16, 19)} UTC`;
}

/** `2024-12-20 15:09` in UTC, where room is short. */
export const printMinute = (time: Date): string => time.toISOString().slice(0, 16).replace("T", " ");

/** The beginning of a uid, as people read and type it. */
export const shortUid = (uid: string): string => uid.slice(0, 8);

/** What a record is called in a list: its title, else its description, else its uid. */
export const printTitle = (name: Name, row: Titled): string =>
  String(row[model[name].title] ?? row.description ?? shortUid(row.uid));

/** A record in a sentence: `Artifact('AsXmTxA3', key='x.csv')`. */
export function printName(name: Name, row: Titled): string {
  const { title } = model[name];
  const value = row[title];
  const named = typeof value === "string" ? `, ${title}='${escapeControls(value)}'` : "";
  return `${name}('${shortUid(row.uid)}'${named})`;
}
