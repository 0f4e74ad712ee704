/** Which texts name a file or folder. */

/** How a text is used: as any argument, by a call that works with files, or where nothing but a file can stand. */
export type Use = "given" | "file" | "opened";

const FILE_WORDS = /(read|load|open|write|save|dump|import|export|copy|fetch|download|upload|fromfile|tofile)/i;
const PYTHON_FILES = /^(to|from|scan|sink)_[a-z]/;
const OPENS =
  /^(open|fs\.((read|write|append|copy)File(Sync)?|create(Read|Write)Stream|open(Sync)?|rename(Sync)?)|(gzip|bz2|lzma|io|codecs)\.open|shutil\.(copy\w*|move)|Deno\.(read|write)\w*|Bun\.(file|write))$/;

/** How a call uses its arguments, by what it is called. */
export function useOf(path: string, last: string): Use {
  if (OPENS.test(path) || /^(read|write)_(text|bytes)$/.test(last)) return "opened";
  return FILE_WORDS.test(last) || PYTHON_FILES.test(last) ? "file" : "given";
}

const knownSuffixes = new Set(
  `csv tsv txt json json5 jsonl jsonlines ndjson geojson yml yaml toml md markdown rmd qmd pdf png jpg jpeg svg tif tiff gif webp bmp
  xls xlsx xlsm doc docx ppt pptx odt ods htm html xml xsd conf gz tgz zip tar bz2 xz zst parquet feather arrow avro orc h5 h5ad h5mu
  h5seurat hdf5 zarr loom loom2 nc netcdf rds rdata pkl pickle joblib npy npz pt pth ckpt onnx safetensors keras tflite tfrecord fastq
  fasta fa fq fna faa bam bai sam cram crai vcf bcf bed bedgraph bigwig bigbed gtf gff gff3 mtx mzml mzxml pdb cif mmcif mol2 sdf nii
  dcm dicom fits shp shapefile gpkg db sqlite sqlite3 duckdb sql log ipynb mp3 mp4 wav flac r py sh js ts msgpack bson`.split(
    /\s+/,
  ),
);
/** Ends of names in a program, and of hosts: `cell.id`, `np.max`, `example.com`. */
const otherEnds = new Set(
  `id is in on of to at by or get set add max min sum std key val row col idx len all any new old obs var
  com org net edu gov io dev local internal`.split(/\s+/),
);
const uri = /^[a-z][a-z0-9+.-]*:\/\/[^\s<>"]+$/i;
const body = String.raw`[\p{L}\p{N}_\-.,+@=~#%&()\[\]* /\\]`;
const rooted = new RegExp(String.raw`^(~?/|\.{1,2}[/\\]|~[/\\]|[a-zA-Z]:[/\\])${body}*$`, "u");
const inFolder = new RegExp(String.raw`^[\p{L}\p{N}_\-.+@=~#%&()\[\]* ]+[/\\]${body}*$`, "u");
const file = /^[\p{L}\p{N}_\-.,+@=~#%&()[\]* ]+\.([A-Za-z0-9]{1,10})$/u;
/** With a slash, and no path: media types, time zones, units, dates and how they are written. */
const noFolder =
  /^((text|application|image|audio|video|font|multipart|message|model)\/[\w.+*-]+|(Africa|America|Antarctica|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\/[A-Z][\w+/-]*|[\p{L}%]{1,6}\/(s|h|m[23]?|cm[23]|[mdunµ]?L|kg|mol|min|sec|day|yr|ha|K|a)|\d+(\/\d+)+|(?=.*(%[Ymd]|[yY]{2}))(%[-#]?[A-Za-z]|[yYMDdHhmsTZaA/ ,.:-])+)$/u;
const number = /^[~^]?v?\d+(\.\d+)*([-.+]?(a|b|c|rc|alpha|beta|dev|post|pre)[\w.-]*)?$/i;

/**
 * Whether a text names a file or folder: a URI, a path from the root, from here or from home, `folder/…`, or `name.suffix`.
 *
 * Not: numbers, versions, dates, media types, time zones, units (`m/s`), host names, and prose. A suffix of more than
 * three letters counts when it is known (`parquet`), or when the call works with files: `"Sepal.Width"` is a column.
 */
export function namesAFile(text: string, use: Use = "given"): boolean {
  const trimmed = text.trim();
  if (trimmed.length > 1024 || /[\n\r\t]/.test(trimmed) || !/[\p{L}\p{N}]/u.test(trimmed)) return false;
  if (use === "opened") return true;
  if (trimmed.length < 3) return false;
  if (uri.test(trimmed)) return true;
  if (number.test(trimmed) || Number.isFinite(Number(trimmed))) return false;
  if (trimmed.includes(" ") && !rooted.test(trimmed) && !hasKnownSuffix(trimmed)) return false;
  if (/[/\\]/.test(trimmed)) return rooted.test(trimmed) || (inFolder.test(trimmed) && !noFolder.test(trimmed));
  const suffix = file.exec(trimmed)?.[1];
  if (suffix === undefined || !/[A-Za-z]/.test(suffix)) return false;
  if (use === "file") return true;
  if (otherEnds.has(suffix.toLowerCase())) return false;
  if (suffix.length === 1) return /[rchzosmdR7Z]/.test(suffix);
  return suffix.length <= 3 || hasKnownSuffix(trimmed);
}

const hasKnownSuffix = (text: string): boolean =>
  knownSuffixes.has(text.slice(text.lastIndexOf(".") + 1).toLowerCase());

/** One spelling for one path: `./a//b/../c.csv` is `a/c.csv`. */
export function samePath(path: string): string {
  if (uri.test(path)) return path;
  const kept: string[] = [];
  for (const part of path.trim().replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else kept.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + kept.join("/");
}

/** `b` as seen from the folder `a`. */
export function joinPath(a: string, b: string): string {
  if (/^([/\\]|[a-z][a-z0-9+.-]*:\/\/)/i.test(b) || a === "" || a === ".") return b;
  return /[/\\]$/.test(a) ? a + b : `${a}/${b}`;
}
