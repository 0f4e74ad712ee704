/** The list of formats, and which one a suffix means. */
import { binary, images, unread } from "./binary.ts";
import { compressed } from "./compressed.ts";
import { csv, tsv } from "./csv.ts";
import type { Format } from "./format.ts";
import { json, jsonl } from "./json.ts";
import { parquet } from "./parquet.ts";
import { baseSuffix, compressionOf } from "./suffix.ts";
import { text } from "./text.ts";
import { yaml } from "./yaml.ts";

/** Every format that has a suffix of its own; anything else is `binary`. */
const formats: readonly Format[] = [csv, tsv, parquet, json, jsonl, yaml, text, ...images, ...unread];

const bySuffix = new Map(formats.flatMap((format) => format.suffixes.map((suffix) => [suffix, format] as const)));

/** The format of a suffix (`.csv`, `.ome.zarr`, `.tsv.gz`); unknown ones, `""` and compressed archives are bytes. */
export function formatFor(suffix: string): Format {
  const base = baseSuffix(suffix.toLowerCase());
  const format = bySuffix.get(base) ?? bySuffix.get(base.slice(base.lastIndexOf("."))) ?? binary;
  const compression = compressionOf(suffix.toLowerCase());
  if (compression === "") return format;
  return format.kind === "bytes" ? binary : compressed(format, compression);
}
