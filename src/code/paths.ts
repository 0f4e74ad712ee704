/** Which texts name a file or folder. */

/** Stands in a text for what is not known of it: `data/part_{…}.csv`. */
export const hole = "{…}";

/** The script itself, as a file beside those that it names from where it lies. */
export const scriptFile = "{script}";

/**
 * How a text is used: as any argument, as an option whose name says nothing of files, by a call that makes one thing of another,
 * by one whose name says that it works with files, or where nothing but a file can stand.
 */
export type Use = "given" | "option" | "converted" | "file" | "opened";

const knownSuffixes = new Set(
  `csv tsv txt json json5 jsonl jsonc jsonlines ndjson geojson topojson yml yaml toml md markdown rmd qmd pdf png jpg jpeg svg tif tiff gif webp heic avif bmp
  xls xlsx xlsm xlsb doc docx ppt pptx odt ods epub htm html xhtml xml xsd xsl xslt conf properties gz tgz zip tar bz2 xz zst lz4 parquet feather arrow avro orc h5 h5ad h5mu
  h5seurat hdf5 zarr loom loom2 nc netcdf rds rdata pkl pickle joblib npy npz pt pth ckpt onnx safetensors keras tflite tfrecord fastq fasta fa fq fna faa bam bai sam cram crai
  vcf bcf bed bedgraph bigwig bigbed gtf gff gff3 mtx mzml mzxml mzid pdb cif mmcif mol2 sdf nii dcm dicom fits shp shapefile gpkg db sqlite sqlite3 duckdb sql log ipynb
  mp3 mp4 mpeg webm flac opus wav r py pyi sh bash zsh js ts jsx tsx mjs mts cjs cts scss sass java scala swift proto jinja jinja2 msgpack bson cbor torrent webmanifest excalidraw`.split(
    /\s+/,
  ),
);
/** Ends of names in a program: `cell.id`, `np.max`. */
const memberNames = new Set(
  "id is in on of to at by or get set add max min sum std key val row col idx len all any new old obs var".split(" "),
);
const hostSuffixes = new Set(["com", "org", "net", "edu", "gov", "io", "dev", "local", "internal"]);
const body = String.raw`[\p{L}\p{N}_\-.,+@=~#%&()\[\]* /\\]`;
const absolute = new RegExp(String.raw`^(~?/|\.{1,2}[/\\]|~[/\\]|[a-zA-Z]:[/\\])${body}*$`, "u");
const inFolder = new RegExp(String.raw`^[\p{L}\p{N}_\-.+@=~#%&()\[\]* ]+[/\\]${body}*$`, "u");
const file = /^[\p{L}\p{N}_\-.,+@=~#%&()[\]* ]+\.([A-Za-z0-9]{1,10})$/u;
const uri = /^[a-z][a-z0-9+.-]*:\/\/[^\s<>"]+$/i;
const media =
  /^(text|application|image|audio|video|font|multipart|message|model)\/(\*|vnd\.[\w.+-]+|x-[\w.+-]+|[\w+-]+)$/;
const timeZone =
  /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\/[A-Z][\w+-]*(\/[A-Z]\w*)?$/;
const unit = /^[\p{L}%]{1,6}\/(s|h|m[23]?|cm[23]|[mdunµ]?L|kg|mol|min|sec|day|yr|ha|K)$/u;
const version = /^[~^]?v?\d+(\.\d+)+([-.+]?(a|b|c|rc|alpha|beta|dev|post|pre)[\w.-]*)?$/i;

/** How a number is written: `%.3f`, `%5d %s`, `,.2f`. */
const numberPattern =
  /^(?=.*%)(%[-+ #0]*\d*(\.\d+)?[hl]*[diouxXeEfFgGcrs%]|[^\p{L}%])+$|^[-+<>=^#0-9,]*\.\d+[eEfFgGnrsp%]$/u;
/** `owner/name`, as models, styles and experiments are called. */
const pair = /^[^/\\]+[/\\][^/\\.]+$/;

/** `%Y/%m/%d`, `yyyy-MM/dd HH:mm`. */
const datePattern = /^(?=.*(%[Ymd]|[yY]{2}))(%[-#]?[A-Za-z]|[yYMDdHhmsTZaA/\\ ,.:-])+$/;

/**
 * Whether a text names a file or folder: a URI, a path from the root, from here or from home, `folder/…`, or `name.suffix`.
 *
 * Not: numbers, versions, dates, media types, time zones, units (`m/s`), host names, and prose. A suffix of more than three letters
 * counts when it is known (`parquet`) or the call reads or writes: `"Sepal.Width"` is a column. What is opened is a file whatever its name;
 * `bert/base` is none as an option (unless its name tells of files) or for `from_pretrained`, which works with more than files.
 */
export function namesAFile(text: string, use: Use = "given"): boolean {
  const trimmed = text.trim();
  if (trimmed.length > 1024 || /[\n\r\t]/.test(trimmed) || trimmed.endsWith(scriptFile)) return false;
  if (trimmed.includes(hole)) return namesAPattern(trimmed, use);
  if (use === "opened") return /[\p{L}\p{N}]/u.test(trimmed);
  if (trimmed.length < 3) return false;
  if (uri.test(trimmed)) return true;
  if (
    !/[\p{L}\p{N}]/u.test(trimmed) ||
    numberPattern.test(trimmed) ||
    version.test(trimmed) ||
    Number.isFinite(Number(trimmed))
  )
    return false;
  if (trimmed.includes(" ") && !absolute.test(trimmed) && !hasKnownSuffix(trimmed)) return false;
  if (/[/\\]/.test(trimmed))
    return (
      absolute.test(trimmed) ||
      (inFolder.test(trimmed) &&
        !isNoFolder(trimmed) &&
        !((use === "option" || use === "converted") && pair.test(trimmed)))
    );
  const suffix = file.exec(trimmed)?.[1];
  if (suffix === undefined || !/[A-Za-z]/.test(suffix)) return false;
  if (use === "file" || use === "converted") return true;
  if (hostSuffixes.has(suffix.toLowerCase()) || memberNames.has(suffix)) return false;
  if (suffix.length === 1) return /[rchzosmdR7Z]/.test(suffix);
  return suffix.length <= 3 || (suffix.length <= 5 && /\d/.test(suffix)) || hasKnownSuffix(suffix);
}

const hasKnownSuffix = (text: string): boolean =>
  knownSuffixes.has(text.slice(text.lastIndexOf(".") + 1).toLowerCase());

/** Whether a text is a file wherever it stands: all is known of it, and its suffix is. */
export const isSurelyAFile = (text: string): boolean =>
  !text.includes(hole) && namesAFile(text) && /\.\w+$/.test(text) && hasKnownSuffix(text);

/** With holes less is sure: a text that is no URI must end in a known suffix, unless the call says that it works with files. */
function namesAPattern(text: string, use: Use): boolean {
  const known = text.replaceAll(hole, "");
  if (!/[\p{L}\p{N}]/u.test(known.replace(/^[a-z][a-z0-9+.-]*:/i, ""))) return false;
  if (use === "opened" || uri.test(text)) return true;
  if ((use === "given" || use === "option") && (text.includes(" ") || !hasKnownSuffix(text))) return false;
  return namesAFile(text.replaceAll(hole, "x"), use);
}

function isNoFolder(text: string): boolean {
  if (media.test(text) || unit.test(text) || timeZone.test(text) || datePattern.test(text)) return true;
  const segments = text.split(/[/\\]/);
  // `Lineal/1.0`, as programs call themselves
  if (segments.length === 2 && version.test(segments[1] ?? "")) return true;
  // dates and fractions (`01/02/2024`), units and flags (`m/s`, `n/a`)
  return segments.every((it) => /^\d+$/.test(it)) || (segments.every((it) => it.length <= 1) && !text.endsWith("/"));
}

/** One spelling for one place: `./a//b/../c.csv` is `a/c.csv`. */
export function samePlace(path: string): string {
  if (uri.test(path)) return path;
  const isAbsolute = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.trim().replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    const last = kept.at(-1);
    if (part === ".." && last !== undefined && last !== ".." && !last.includes(hole)) kept.pop();
    else kept.push(part);
  }
  return (isAbsolute ? "/" : "") + kept.join("/");
}

/** `b` as seen from the folder `a`. */
export function joinPath(a: string, b: string): string {
  if (/^([/\\]|[a-z][a-z0-9+.-]*:\/\/)/i.test(b) || a === "" || (a === "." && b.startsWith("."))) return b;
  return /[/\\]$/.test(a) ? a + b : `${a}/${b}`;
}

/** The folder that a file or folder lies in: of `data/a.csv` it is `data`, of `a.csv` here, of here the one above. */
export function folderOf(path: string): string {
  const place = samePlace(path);
  if (place === "" || place.split("/").at(-1) === "..") return joinPath(place, "..");
  return place.includes("/") ? place.slice(0, place.lastIndexOf("/")) || "/" : ".";
}
