/** What calls are about, by their names: preparation, plain talk, or work with files. */

import { commandLine } from "./command-line.ts";
import { hole, type Use } from "./paths.ts";
import { texts, unknown, type Value } from "./values.ts";

export type Language = "javascript" | "python";

/** `setup` is not looked into, `silent` calls use no file themselves, `other` calls use the files that they are given. */
export type Purpose = "setup" | "silent" | "other";

/** A call as far as it is known: dotted name (undefined for what is neither imported nor global), last name, what it is called on, arguments. */
export type Call = {
  name: string | undefined;
  last: string;
  receiver: Value | undefined;
  args: readonly Value[];
  named: ReadonlyMap<string, Value>;
};

const words = (text: string): Set<string> => new Set(text.trim().split(/\s+/));

type Rules = { setup: Set<string>; setupName: RegExp; silent: Set<string>; silentName: RegExp };

const rules: Record<Language, Rules> = {
  javascript: {
    setup:
      words(`existsSync exists pathExists pathExistsSync stat statSync lstat lstatSync access accessSync mkdir mkdirSync mkdirp mkdtemp mkdtempSync
      ensureDir ensureDirSync emptyDir emptyDirSync rm rmSync rmdir rmdirSync unlink unlinkSync readdir readdirSync opendir opendirSync glob globSync globby
      realpath realpathSync chmod chmodSync chdir watch watchFile createRequire`),
    setupName:
      /^(path\.|URL$|url\.(URL|fileURLToPath|pathToFileURL)$|require(\.resolve|$)|import\.meta\.(resolve|dirname|filename)|module\.|(glob|fast-glob|globby|tinyglobby)(\.|$))/,
    silent:
      words(`includes startsWith endsWith split replace replaceAll indexOf lastIndexOf match matchAll search test padEnd padStart localeCompare charAt slice
      substring trim trimEnd trimStart normalize concat join groupBy sortBy orderBy at keys values entries map forEach filter find findLast findIndex findLastIndex some every reduce flatMap
      sort toSorted reverse toReversed with then catch finally toString has get delete addEventListener removeEventListener on once querySelector querySelectorAll closest matches text
      info debug warn error fatal trace log`),
    silentName:
      /(^|\.)\w*(Error|Exception)(\.constructor)?$|^(RegExp|console|assert(\/strict)?|expect|Intl|JSON|Object|Array|Math|Promise|String|Number|Reflect|logger|log)(\.|$)|^(Symbol|BigInt|Boolean|Date|Map|Set|WeakMap|WeakSet|(buffer\.)?Buffer\.(byteLength|from)|(perf_hooks\.)?performance\.\w+|describe|it|test|styleText|util\.(styleText|format|inspect|parseArgs)|parseArgs|encodeURI|encodeURIComponent|decodeURI|decodeURIComponent|structuredClone)$|^process\.(exit|emitWarning|cwd|on|std(out|err)\.write)/,
  },
  python: {
    setup:
      words(`makedirs mkdir exists is_file is_dir resolve expanduser absolute glob rglob iglob iterdir listdir scandir unlink rmdir rmtree remove removedirs chdir
      stat Path PurePath PosixPath WindowsPath PurePosixPath PureWindowsPath UPath relative_to`),
    setupName: /^(os\.path\.|sys\.path\.|importlib\.|os\.fspath$)/,
    silent:
      words(`startswith endswith split rsplit splitlines replace strip lstrip rstrip removeprefix removesuffix join format find rfind index count lower upper title
      groupby group_by drop sort_values set_index melt pivot pivot_table agg aggregate isin contains assign astype col alias select
      legend title suptitle xlabel ylabel set_title set_xlabel set_ylabel
      get pop setdefault keys values items map filter % joinpath with_name with_stem with_suffix strftime strptime
      info debug warn warning error critical exception log print echo secho`),
    silentName:
      /(^|\.)\w*(Error|Exception|Warning)(\.constructor)?$|^(logging(?!.*(basicConfig|fileConfig|Handler$))|logger|log|re|warnings|textwrap|itertools|functools|math|typing|collections|json|ujson|orjson|simplejson|pickle|cloudpickle|dill|marshal|yaml)\.|^(print|str|repr|len|format|list|tuple|set|dict|frozenset|sorted|reversed|zip|enumerate|isinstance|issubclass|getattr|hasattr|any|all|min|max|sum|int|float|bool|super|vars|type|range|iter|next|input|os\.getenv|os\.environ\.\w+|sys\.exit)$/,
  },
};

/** What a call is for. */
export function purposeOf({ name, last, args }: Call, language: Language): Purpose {
  const { setup, setupName, silent, silentName } = rules[language];
  if (name !== undefined && (opens.test(name) || opensTwo.test(name))) return "other";
  // `path.join` may stand for any name that a program gives to the module, `fs.rm` for `rm` of its promises
  if (setup.has(last) || (name !== undefined && setupName.test(name))) return "setup";
  if (name !== undefined && silentName.test(name)) return "silent";
  // `map.get("a.csv")` looks up, `axios.get("…")` and `session.get("https://…")` fetch; so do `label.text("a.csv")` and `d3.text("a.csv")`
  const isLookUp = /^(get|pop|delete|has|text)$/.test(last);
  if (silent.has(last) && !(isLookUp && (name !== undefined || args[0]?.own.some((it) => it.includes("://")))))
    return "silent";
  return "other";
}

/** Whether the name says that it works with files: then any `name.suffix` is one. */
export function useOf(last: string): Use {
  if (/read|write|open|load|save|dump|export|import|copy|download|upload|file|stream|fetch|scan/i.test(last))
    return "file";
  return /^(to|from)(_|[A-Z])/.test(last) ? "converted" : "given";
}

/** Their first argument is a file, whatever it is called. */
const opens =
  /^(((builtins|io|os|codecs|gzip|bz2|lzma|aiofiles)\.)?open|fs(-extra)?\.(promises\.)?(readFile|writeFile|appendFile|open|openAsBlob|createReadStream|createWriteStream|truncate)(Sync)?|Bun\.(file|write)|Deno\.(open|create|(read|write)(Text)?File)(Sync)?)$/;
/** So are their first two. */
const opensTwo =
  /^(shutil\.(copy\w*|move|unpack_archive)|os\.(rename|renames|replace|link|symlink)|fs(-extra)?\.(promises\.)?(copyFile|cp|copy|move|rename|link|symlink)(Sync)?)$/;
/** An archive goes where its first argument says. */
const unpacks = /^(extractall|extractAllTo(Async)?)$/;
/** What a path does itself, where any other text has no such method. */
const pathMethods = /^(open|(read|write)_(text|bytes)|touch|rename|symlink_to|hardlink_to)$/;

/** What can be nothing but files in a call. */
export function openedBy({ name = "", last, receiver, args, named }: Call): readonly Value[] {
  const into = receiver && unpacks.test(last) ? (args[0] ?? named.get("path")) : undefined;
  const values = into
    ? [into]
    : opens.test(name)
      ? args.slice(0, 1)
      : opensTwo.test(name)
        ? args.slice(0, 2)
        : receiver && pathMethods.test(last)
          ? [receiver]
          : [];
  return values.map((it) => texts(it.own));
}

/** What a call does with a path. */
export type Way = "reads" | "writes";

const formats =
  "csv|tsv|table|fwf|parquet|excel|json|ndjson|feather|pickle|hdf|h5ad|loom|stata|netcdf|zarr|ipc|avro|orc|xml|html|latex|markdown";
const reads = new RegExp(
  String.raw`^(read|load|scan)_(${formats})$|^(read|scan)(CSV|Parquet|IPC|Avro)$|^imread$|^(numpy\.(load|loadtxt|genfromtxt|fromfile)|(torch|joblib)\.load)$`,
);
const writes = new RegExp(
  String.raw`^(to|write|sink|save)_(${formats})$|^(write|sink)(CSV|Parquet|IPC|Avro)$|^(savefig|imwrite|imsave|toFile)$|^numpy\.save(z|txt|z_compressed)?$`,
);
const writesSecond = /^(torch\.save|joblib\.dump)$/;
const moreOpens =
  /^(fs-extra\.(read|write|output|append)(File|Json|JSON)(Sync)?|h5py\.File|zipfile\.ZipFile|tarfile\.open)$/;
const pathNames = [
  "file",
  "path",
  "filename",
  "fname",
  "filepath_or_buffer",
  "path_or_buf",
  "io",
  "excel_writer",
  "fp",
];

/** The arguments, by place or name, in which a call has a path, whatever that is. */
export function pathsOf({
  name = "",
  last,
  receiver,
  args,
  named,
}: Call): readonly { at: number | string; way: Way }[] {
  if (opensTwo.test(name))
    return [
      { at: 0, way: "reads" },
      { at: 1, way: "writes" },
    ];
  const at = (place: number) => (args.length > place ? place : (pathNames.find((it) => named.has(it)) ?? place));
  if (opens.test(name) || moreOpens.test(name)) return [{ at: at(0), way: wayOf(last, args[1] ?? named.get("mode")) }];
  if (writesSecond.test(name)) return [{ at: at(1), way: "writes" }];
  if (receiver && receiver.stream !== true && name === "" && /^(read|write|append)File(Sync)?$/.test(last))
    return [{ at: at(0), way: wayOf(last, undefined) }];
  if (writes.test(last) || writes.test(name) || (receiver && unpacks.test(last))) return [{ at: at(0), way: "writes" }];
  return reads.test(last) || reads.test(name) ? [{ at: at(0), way: "reads" }] : [];
}

function wayOf(last: string, mode: Value | undefined): Way {
  if (/read|^file$|^openAsBlob$/i.test(last)) return "reads";
  if (/^(write|append|output|create|truncate)/.test(last)) return "writes";
  return mode === undefined || (mode.own.length > 0 && !mode.own.some((it) => /[wax+]/.test(it))) ? "reads" : "writes";
}

/** Whether a call gives a stream, a connection or an open file. */
export const opensStream = ({ last }: Call): boolean =>
  /^(open(_\w+|[A-Z]\w*)?|fdopen|urlopen|create(Read|Write)Stream|(String|Bytes)IO|TextIOWrapper|\w*TemporaryFile|Excel(Writer|File)|HDFStore|PdfPages|ZipFile|Blob)$/.test(
    last,
  );

/** Arguments that are read by people, or name what is within a table. */
const talk = words(`help description title label legend xlabel ylabel epilog usage metavar prog unit headers
  style theme cmap color colour marker fmt format float_format date_format
  by on left_on right_on columns x y hue row col usecols id_vars value_vars var_name value_name sheet_name names fieldnames sep palette`);

/** What a call is given to work with; of a command line its words, without the programs and scripts that it runs. */
export function givenTo({ name = "", last, args, named }: Call): readonly Given[] {
  const use = useOf(last);
  const queried = asks.test(last) ? args[0]?.own.filter((it) => query.test(it)) : undefined;
  if (queried?.length)
    return [{ value: texts(queried.flatMap(filesOfQuery)), use }, ...args.slice(1).map((value) => ({ value, use }))];
  const line = commandLine(name, args);
  if (line) return [{ value: texts(line.files), use }];
  const option = ([key, value]: readonly [string, Value]): Given => ({
    value,
    use: use === "given" && !placeKey.test(key) ? "option" : use,
  });
  // a worker is code, an event has a name
  const data = /^(worker_threads\.)?Worker$/.test(name) || last === "emit" ? args.slice(1) : args;
  const plain = data.flatMap((value) =>
    hasNames(value) ? [...[...value.fields].map(option), { value: texts(value.own), use }] : [{ value, use }],
  );
  return [...plain, ...[...named].filter(([key]) => !talk.has(key)).map(option)];
}

const asks = /^(query|run|exec|execute|sql|all|prepare)$/;
const query =
  /^(\s|--[^\n]*\n)*(select|from|attach|describe|summarize|explain|copy\s*(?=\()|copy\s+\S+\s+(to|from)|with\s+(recursive\s+)?\S+\s+as|create\s+(or|temp\w*|table|view|schema|macro)|insert\s+(or\s+\w+\s+)?into|update\s+\S+\s+set|delete\s+from|(ex|im)port\s+database)(?![\w.])/i;

/** The files that a query of a database names: `from 'a.parquet'`, `copy t to 'b.csv'`, `read_csv(['c.csv', 'd.csv'])`. */
const filesOfQuery = (text: string): string[] =>
  [
    ...text.matchAll(
      /\b(?:(?:from|join|to|attach(?:\s+database)?|(?:ex|im)port\s+database)\s+|\w*(?:read|scan)\w*\s*\(\s*)(\[[^\]]*\]|'[^']*')/gi,
    ),
  ].flatMap(([, found = ""]) => [...found.matchAll(/'([^']+)'/g)].map(([, it = ""]) => it));

/** A value that a call works with, and how. */
type Given = { value: Value; use: Use };

/** Names of options that say where something lies. */
const placeKey =
  /path|dir|folder|file|root|src|source|dest|target|data|input|output|cache|store|storage|location|workspace|uri|url|prefix|^(in|out|from|to|base|log|cwd|home|local)$|\d/i;

const hasNames = (value: Value): value is Value & { fields: ReadonlyMap<string, Value> } =>
  value.fields !== undefined && [...value.fields.keys()].some((key) => !/^\d+$/.test(key));

/** The scripts that a call runs in a process of their own. */
export const scriptsOf = ({ name = "", args }: Call): readonly Value[] => [
  texts(commandLine(name, args)?.scripts ?? []),
];

/** Whether a call imports a module whose name is only known when it runs. */
export function importsComputed({ name = "", args: [module] }: Call): boolean {
  return (
    /^(importlib\.import_module|(builtins\.)?__import__)$/.test(name) && !module?.own.some((it) => !it.includes(hole))
  );
}

const linealModules: Record<Language, RegExp> = { javascript: /^lineal$/, python: /^(lamindb|lineal)(\.|$)/ };

/** What a module offers under a name, "*" for the module itself. */
export function moduleValue(module: string, name: string, language: Language): Value {
  if (linealModules[language].test(module))
    return { ...unknown, lineal: "api", name: name === "*" ? "lineal" : `lineal.${name}` };
  const plain = module.replace(/^node:/, "").replace(/\/(promises|posix|win32)$/, "");
  return { ...unknown, name: name === "*" || name === "default" ? plain : `${plain}.${name}` };
}

const starNames =
  words(`track finish flow step tracked Artifact Collection Transform Run Record Schema Feature ULabel Project Reference Space Branch Storage User
  connect context curators settings save search view`);

/** What `from lamindb import *` brings; of other modules it is not known. */
export const starNamesOf = (module: string, language: Language): string[] =>
  linealModules[language].test(module) ? [...starNames] : [];

/** What Lineal reads for a program is the program's: saving that is not saving a record. */
const givesData = words("load cache open path toTable to_dataframe df lineage describe");

/** The value of a call of Lineal, of a method of what such a call gave, or that reads further in its data; undefined when it is not one. */
export function linealCall(callee: Value, last: string, receiver: Value | undefined): Value | undefined {
  if (receiver?.lineal === "data" && /^(read|load|open)/.test(last)) return receiver;
  if (callee.lineal === undefined || callee.lineal === "data") return undefined;
  return { ...unknown, lineal: givesData.has(last) ? "data" : "record" };
}
