/** What calls are about, by their names: preparation, plain talk, or work with files. */

import { joinPath, samePlace } from "./paths.ts";
import { joined, texts, unknown, type Value } from "./values.ts";

export type Language = "javascript" | "python";

/** `setup` is not looked into, `silent` calls use no file themselves, `other` calls use the files that they are given. */
export type Purpose = "setup" | "silent" | "other";

/** A call as far as it is known: dotted name (undefined for what is neither imported nor global), last name, what it is called on, arguments. */
export type Call = { name: string | undefined; last: string; receiver: Value | undefined; args: readonly Value[] };

const words = (text: string): Set<string> => new Set(text.trim().split(/\s+/));

type Rules = { setup: Set<string>; setupName: RegExp; silent: Set<string>; silentName: RegExp };

const rules: Record<Language, Rules> = {
  javascript: {
    setup: words(`existsSync exists pathExists pathExistsSync stat statSync lstat lstatSync access accessSync mkdir mkdirSync mkdirp mkdtemp mkdtempSync
      ensureDir ensureDirSync emptyDir emptyDirSync rm rmSync rmdir rmdirSync unlink unlinkSync readdir readdirSync opendir opendirSync glob globSync globby
      realpath realpathSync chmod chmodSync chdir watch watchFile createRequire`),
    setupName:
      /^(path\.|URL$|url\.(URL|fileURLToPath|pathToFileURL)$|require\.resolve|import\.meta\.(resolve|dirname|filename)|module\.|(glob|fast-glob|globby|tinyglobby)(\.|$)|(worker_threads\.)?Worker$)/,
    silent:
      words(`includes startsWith endsWith split replace replaceAll indexOf lastIndexOf match matchAll search test padEnd padStart localeCompare charAt slice
      substring trim trimEnd trimStart normalize concat join at keys values entries map forEach filter find findLast findIndex findLastIndex some every reduce flatMap
      sort toSorted reverse toReversed with then catch finally toString has get delete addEventListener removeEventListener on once emit`),
    silentName:
      /(^|\.)\w*(Error|Exception)$|^(console|assert|expect|Intl|JSON|Object|Array|Math|Promise|String|Number|Reflect|logger|log)(\.|$)|^(RegExp|Symbol|BigInt|Boolean|Date|Map|Set|WeakMap|WeakSet|Buffer\.byteLength|describe|it|test|styleText|util\.(styleText|format|inspect|parseArgs)|parseArgs|encodeURI|encodeURIComponent|decodeURI|decodeURIComponent|structuredClone)$|^process\.(exit|emitWarning|cwd|on|std(out|err)\.write)/,
  },
  python: {
    setup:
      words(`makedirs mkdir exists is_file is_dir resolve expanduser absolute glob rglob iglob iterdir listdir scandir unlink rmdir rmtree remove removedirs chdir
      stat Path PurePath PosixPath WindowsPath PurePosixPath PureWindowsPath relative_to`),
    setupName: /^(os\.path\.|sys\.path\.|importlib\.|os\.fspath$)/,
    silent:
      words(`startswith endswith split rsplit splitlines replace strip lstrip rstrip removeprefix removesuffix join format find rfind index count lower upper title
      get pop setdefault keys values items map filter`),
    silentName:
      /(^|\.)\w*(Error|Exception|Warning)$|^(logging|logger|log|re|warnings|textwrap|itertools|functools|math|typing|collections)\.|^(print|str|repr|len|format|list|tuple|set|dict|frozenset|sorted|reversed|zip|enumerate|isinstance|issubclass|getattr|hasattr|setattr|any|all|min|max|sum|int|float|bool|super|type|range|iter|next|input|os\.getenv|os\.environ\.\w+|sys\.exit)$/,
  },
};

/** What a call is for. */
export function purposeOf({ name, last, args }: Call, language: Language): Purpose {
  const { setup, setupName, silent, silentName } = rules[language];
  // `path.join` may stand for any name that a program gives to the module, `fs.rm` for `rm` of its promises
  if (setup.has(last) || (name !== undefined && setupName.test(name))) return "setup";
  if (name !== undefined && silentName.test(name)) return "silent";
  // `map.get("a.csv")` looks up, `axios.get("…")` and `session.get("https://…")` fetch
  const isLookUp = /^(get|pop|delete|has)$/.test(last);
  if (silent.has(last) && !(isLookUp && (name !== undefined || args[0]?.own.some((it) => it.includes("://"))))) return "silent";
  return "other";
}

/** Whether the name says that it works with files: then any `name.suffix` is one. */
export function isFileCall(last: string): boolean {
  return /read|write|open|load|save|dump|export|import|copy|download|upload|file|stream|fetch|scan|append|^to_|^from_|^to[A-Z]|^from[A-Z]/i.test(last);
}

/** Records that Lineal gave do these things themselves; anything else done with them is the program's. */
const ownMethods =
  words(`save saveDir save_dir load cache open get filter search lookup first one oneOrNull one_or_none last all exists count toTable to_dataframe df update replace add set
  remove delete restore describe lineage viewLineage view_lineage track finish orderBy order_by limit offset impact staleness append from_dir from_df from_anndata from_dataframe add_values`);

/** What Lineal reads for a program is the program's: saving that is not saving a record. */
const givesData = words("load cache open path toTable to_dataframe df lineage describe");

/** The value of a call of Lineal, or undefined when it is not one. */
export function linealCall(callee: Value, last: string): Value | undefined {
  if (callee.lineal === undefined || (callee.lineal === "record" && !ownMethods.has(last))) return undefined;
  return givesData.has(last) ? unknown : { ...unknown, lineal: "record" };
}

/** The value of a call that is known to pass on or put together texts; undefined for any other. */
export function resultOf({ name = "", last, receiver, args }: Call): Value | undefined {
  const [first] = args;
  if (/^(path|os\.path)\.join$/.test(name) || /^path\.resolve$/.test(name)) return joined(args, joinPath);
  if (last === "joinpath" && receiver) return joined([receiver, ...args], joinPath);
  if (/^(path|os\.path)\.dirname$/.test(name)) return texts((first?.own ?? []).map(folderOf));
  if (/^(path|os\.path)\./.test(name)) return /\.(normalize|toNamespacedPath|normpath|abspath|realpath|expanduser|expandvars)$/.test(name) ? first : unknown;
  if (
    /^((url\.)?URL|(url\.)?fileURLToPath|(url\.)?pathToFileURL|String|str|os\.fspath|Promise\.(all|resolve|allSettled)|Object\.(values|freeze|entries)|Array\.from|list|tuple|sorted|reversed|set|iter)$/.test(
      name,
    )
  )
    return first;
  if (/(^|\.)(Path|PurePath|PosixPath|WindowsPath|PurePosixPath|PureWindowsPath)$/.test(name)) return joined(args, joinPath);
  if (/^os\.(getenv|environ\.get)$/.test(name)) return args[1];
  if (
    name === "" &&
    receiver &&
    /^(resolve|expanduser|absolute|as_posix|toString|trim|strip|normalize|sort|toSorted|reverse|toReversed|slice|filter|concat|values|items|flat)$/.test(last)
  )
    return receiver;
  return undefined;
}

function folderOf(path: string): string {
  const place = samePlace(path);
  return place.includes("/") ? place.slice(0, place.lastIndexOf("/")) : "";
}
