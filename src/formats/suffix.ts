/** Suffixes: which part of a name says what its bytes mean. */

const COMPOSITE = [".anndata.zarr", ".vitessce.json", ".ome.zarr", ".ome.hdf5", ".ome.h5", ".ome.tiff", ".ome.tif"];
const COMPRESSION = [".gz", ".bz2", ".xz", ".zst"];

/** Suffixes that keep their own part when an archive or a compression follows: `.fastq.gz`, `.h5ad.tar.gz`. */
const KNOWN = new Set(
  (
    ".csv .tsv .parquet .feather .arrow .ipc .json .jsonl .ndjson .yaml .yml .toml .xml .txt .md .rst .log .sql .html .htm " +
    ".svg .png .jpg .jpeg .gif .webp .tif .tiff .pdf .fasta .fa .fna .faa .ffn .fastq .fq .sam .bam .cram .vcf .bcf .bed .gff .gff3 .gtf " +
    ".wig .bw .mtx .loom .h5 .hdf5 .h5ad .h5mu .zarr .nii .dcm .fcs .rds .rda .npy .npz .pkl .pt .pth .onnx .safetensors " +
    ".xlsx .xls .ods .sqlite .db .py .ipynb .r .rmd .qmd .js .mjs .cjs .ts .mts .cts .tsx .jsx .css .sh .tar .maf .nwk .pdb .cif .sdf .mol"
  ).split(" "),
);

const LOOKS_LIKE_EXTENSION = /^\.(?=[a-z0-9]{1,10}$)[0-9]*[a-z][a-z0-9]*$/;

/**
 * The suffix of a file name, path or key, in lower case, with its dot; `""` when it has none.
 *
 * The longest known ending wins (`.ome.zarr`, `.fastq.gz`, `.h5ad.tar.gz`). An unknown extension is kept when it looks
 * like one: 1–10 letters and digits with at least one letter. Names such as `.bashrc` have no suffix.
 *
 * @example
 * suffixOf("raw/my.file.v1.csv"); // ".csv"
 * suffixOf("sample_R1.FASTQ.gz"); // ".fastq.gz"
 */
export function suffixOf(nameOrKey: string): string {
  const name = nameOrKey.replace(/\/+$/, "").replace(/^.*\//s, "").toLowerCase();
  const compression = COMPRESSION.find((ending) => name.length > ending.length && name.endsWith(ending)) ?? "";
  const rest = name.slice(0, name.length - compression.length);
  const composite = COMPOSITE.find((ending) => rest.length > ending.length && rest.endsWith(ending));
  if (composite !== undefined) return composite + compression;
  const last = extension(rest);
  if (last === ".tar") {
    const inner = extension(rest.slice(0, -last.length));
    return (KNOWN.has(inner) ? inner : "") + last + compression;
  }
  if (compression !== "") return (KNOWN.has(last) ? last : "") + compression;
  return KNOWN.has(last) || LOOKS_LIKE_EXTENSION.test(last) ? last : "";
}

/** The suffix without its compression: `.csv.gz` → `.csv`, `.gz` → `""`, `.csv` → `.csv`. */
export function baseSuffix(suffix: string): string {
  return suffix.slice(0, suffix.length - compressionOf(suffix).length);
}

/** The compression a suffix ends with (`.gz`, `.bz2`, `.xz`, `.zst`), or `""`. */
export function compressionOf(suffix: string): string {
  return COMPRESSION.find((ending) => suffix.endsWith(ending)) ?? "";
}

/** From the last dot on, unless that dot is the name's first character. */
function extension(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot) : "";
}
