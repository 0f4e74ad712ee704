/** Which texts name a file or folder. */

const longSuffixes = new Set(
  "parquet feather geojson jsonlines ndjson ipynb pickle joblib sqlite sqlite3 torrent fastq fasta h5seurat loom2 markdown safetensors properties shapefile netcdf topojson xhtml webmanifest excalidraw".split(
    " ",
  ),
);
const spacedSuffixes =
  /\.(csv|tsv|txt|json|jsonl|ya?ml|md|pdf|png|jpe?g|svg|tiff?|gif|xlsx?|docx?|html?|xml|gz|zip|tar|bz2|zst|parquet|feather|arrow|h5|h5ad|h5mu|zarr|hdf5|nc|rds|pkl|npy|npz|pt|pth|onnx|fastq|fasta|fa|fq|bam|sam|vcf|bed|gtf|gff|db|sqlite|log|ipynb|r|py|sh|[cm]?[jt]s)$/i;
const hostSuffixes = new Set(["com", "org", "net", "edu", "gov", "io", "dev", "local", "internal"]);
const body = String.raw`[\p{L}\p{N}_\-.,+@=~#%&()\[\]* /\\]`;
const absolute = new RegExp(String.raw`^(~?/|\.{1,2}[/\\]|~[/\\]|[a-zA-Z]:[/\\])${body}*$`, "u");
const inFolder = new RegExp(String.raw`^[\p{L}\p{N}_\-.+@=~#%&()\[\]* ]+[/\\]${body}*$`, "u");
const file = /^[\p{L}\p{N}_\-.,+@=~#%&()[\]* ]+\.([A-Za-z0-9]{1,10})$/u;
const uri = /^[a-z][a-z0-9+.-]*:\/\/[^\s<>"]+$/i;
const media = /^(text|application|image|audio|video|font|multipart|message|model)\/(\*|vnd\.[\w.+-]+|x-[\w.+-]+|[\w+-]+)$/;
const timeZone = /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\/[A-Z][\w+-]*(\/[A-Z]\w*)?$/;
const version = /^[~^]?v?\d+(\.\d+)+([-.+]?(a|b|c|rc|alpha|beta|dev|post|pre)[\w.-]*)?$/i;

/**
 * Whether a text names a file or folder: a URI, a path from the root, from here or from home, `folder/…`, or `name.suffix`.
 *
 * Not: numbers, versions, media types, time zones, units (`m/s`), host names, and prose. A suffix of more than five letters
 * counts when it is known (`parquet`) or `isFileCall` says that the call reads or writes: `"Sepal.Length"` is a column.
 */
export function namesAFile(text: string, isFileCall = false): boolean {
  const trimmed = text.trim();
  if (trimmed.length < 3 || trimmed.length > 1024 || /[\n\r\t]/.test(trimmed)) return false;
  if (uri.test(trimmed)) return true;
  if (!/[\p{L}\p{N}]/u.test(trimmed) || version.test(trimmed) || Number.isFinite(Number(trimmed))) return false;
  if (/[/\\]/.test(trimmed)) {
    if (absolute.test(trimmed)) return true;
    return inFolder.test(trimmed) && !isNoFolder(trimmed) && (!/ /.test(trimmed) || spacedSuffixes.test(trimmed));
  }
  const suffix = file.exec(trimmed)?.[1];
  if (suffix === undefined || !/[A-Za-z]/.test(suffix)) return false;
  if (trimmed.includes(" ") && !spacedSuffixes.test(trimmed)) return false;
  if (isFileCall) return true;
  if (hostSuffixes.has(suffix.toLowerCase())) return false;
  return suffix.length === 1 ? /[rchzosmdR7Z]/.test(suffix) : suffix.length <= 5 || longSuffixes.has(suffix.toLowerCase());
}

function isNoFolder(text: string): boolean {
  if (media.test(text) || timeZone.test(text)) return true;
  const segments = text.split(/[/\\]/);
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
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else kept.push(part);
  }
  return (isAbsolute ? "/" : "") + kept.join("/");
}

/** `b` as seen from the folder `a`. */
export function joinPath(a: string, b: string): string {
  if (/^([/\\]|[a-z][a-z0-9+.-]*:\/\/)/i.test(b) || a === "") return b;
  return /[/\\]$/.test(a) ? a + b : `${a}/${b}`;
}
