/** What calls make of the texts that they are given: paths, patterns filled in, lists. */

import { listOf } from "./arguments.ts";
import { type Call, moduleValue } from "./calls.ts";
import { folderOf, hole, joinPath } from "./paths.ts";
import {
  itemAt,
  itemOf,
  joined,
  longest,
  memberOf,
  namedValue,
  oneOf,
  texts,
  unknown,
  type Value,
  withFields,
} from "./values.ts";

const concat = (a: string, b: string): string => a + b;

const places: Record<string, RegExp> = {
  ".": /^(process\.cwd|os\.getcwd|(pathlib\.)?Path\.cwd)$/,
  "~": /^(os\.homedir|(pathlib\.)?Path\.home)$/,
};

const passesOn =
  /^((url\.)?URL|(url\.)?fileURLToPath|(url\.)?pathToFileURL|String|str|os\.fspath|Promise\.(all|resolve|allSettled)|Object\.(values|freeze)|Array\.from|Set|list|tuple|sorted|reversed|set|iter|next|vars|(dataclasses\.)?asdict|tqdm(\.\w+)*|(util\.)?promisify|(functools\.)?partial)$/;
/** Their result is what fits patterns. */
const finds = /^((fs|glob)\.(i?glob|globSync|sync)|(fast-glob|globby|tinyglobby)(\.\w+)?)$/;
const keepsReceiver =
  /^(resolve|expanduser|absolute|as_posix|toString|trim|strip|normalize|sort|toSorted|reverse|toReversed|slice|filter|values|flat|copy)$/;

/** The value of a call that is known to pass on or put together texts; undefined for any other. */
export function resultOf({ name = "", last, receiver, args, named }: Call): Value | undefined {
  const [first = unknown, second = unknown] = args;
  const place = Object.keys(places).find((it) => places[it]?.test(name));
  if (place !== undefined) return texts([place]);
  if (/^((os\.)?path\.join|path\.resolve)$/.test(name) || /(^|\.)(U|(Pure)?(Posix|Windows)?)Path$/.test(name))
    return joined(args, joinPath);
  if (name === "path.format") return formattedPath(first.fields);
  if (/^(os\.)?path\.dirname$/.test(name)) return first.lineal ? first : texts(first.own.map(folderOf));
  if (/^(os\.)?path\./.test(name))
    return /\.(normalize|toNamespacedPath|normpath|abspath|realpath|expanduser|expandvars)$/.test(name)
      ? first
      : unknown;
  if (passesOn.test(name)) return first;
  if (/^(module\.)?createRequire$/.test(name)) return namedValue("require");
  if (name === "require" && first.own.length === 1) return moduleValue(first.own[0] ?? "", "*", "javascript");
  // `execa({ cwd })` is `execa` with options
  if (/^(execa(\.execa(Sync)?)?|(zx|bun|Bun|execa)\.\$)$/.test(name) && first.fields && first.own.length === 0)
    return namedValue(name);
  if (finds.test(name))
    return first.fields ? oneOf([...first.fields.values()].filter(({ own }) => !own[0]?.startsWith("!"))) : first;
  if (/^(RegExp|re\.compile)$/.test(name)) return namedValue(name === "RegExp" ? "RegExp.prototype" : "re.Pattern");
  if (name === "String.raw")
    return joined(
      [...(first.fields?.values() ?? [])].slice(0, 50).flatMap((it, i) => (i === 0 ? [it] : [args[i] ?? unknown, it])),
      concat,
    );
  if (name === "Object.entries") return entriesOf(first);
  if (name === "Object.keys") return texts([...(first.fields?.keys() ?? [])]);
  if (name === "getattr")
    return oneOf([memberOf(first, second.own.length === 1 ? second.own[0] : undefined), args[2] ?? unknown]);
  if (name === "Object.defineProperty")
    return withFields(
      new Map([...(first.fields ?? []), [second.own[0] ?? "", args[2]?.fields?.get("value") ?? unknown]]),
    );
  if (name === "Object.assign") return withFields(new Map(args.flatMap((it) => [...(it.fields ?? [])])));
  if (name === "Map")
    return withFields(
      new Map([...(first.fields?.values() ?? [])].map((it) => [itemAt(it, 0).own[0] ?? "", itemAt(it, 1)])),
    );
  if (name === "dict") return first.fields ? first : withFields(named);
  if (/^(util\.)?parseArgs$/.test(name)) return defaultsOf(first);
  if (name === "argparse.ArgumentParser") return withFields(new Map());
  if (name === "enumerate") return withFields(new Map([["0", listOf([unknown, itemOf(first)])]]));
  if (name === "zip") return withFields(new Map([["0", listOf(args.map(itemOf))]]));
  if (/^os\.(getenv|environ\.get)$/.test(name)) return args[1];
  if (last === "strftime")
    return oneOfTexts(name === "" ? first : second.own.length > 0 ? second : first, (text) =>
      filled(text, /%[-#]?[A-Za-z]/g, () => unknown),
    );
  if (name === "shlex.split") return pieces(first, unknown);
  if (receiver === undefined) return undefined;
  switch (last) {
    case "joinpath":
    case "glob":
    case "rglob":
      return joined([receiver, ...args], joinPath);
    case "get":
    case "pop":
    case "setdefault":
      return receiver.fields && oneOf([memberOf(receiver, first.own.length === 1 ? first.own[0] : undefined), second]);
    case "concat":
      return receiver.fields ? oneOf([receiver, ...args]) : joined([receiver, ...args], concat);
    case "parse_args":
      return receiver.fields && receiver;
    case "parse_known_args":
      return receiver.fields && listOf([receiver, unknown]);
    case "iterdir":
      return joined([receiver, { ...unknown, own: [hole] }], joinPath);
    case "with_name":
      return joined([texts(receiver.own.map(folderOf)), first], joinPath);
    case "with_suffix":
      return joined([texts(receiver.own.map((it) => it.replace(/\.[^./\\]*$/, ""))), first], concat);
    case "join":
      return receiver.fields ? between(receiver, args.length > 0 ? first : texts([","])) : between(first, receiver);
    case "split":
      return pieces(receiver, first);
    case "format":
      return oneOfTexts(receiver, (text) => formatted(text, args, named));
    case "%":
      return oneOfTexts(receiver, (text) => interpolated(text, first));
    case "items":
    case "entries":
      return entriesOf(receiver);
    case "replace":
    case "replaceAll":
      return replaced(receiver, first, second);
  }
  return name === "" && keepsReceiver.test(last) ? receiver : undefined;
}

/** `path.format({ dir, base })`. */
function formattedPath(parts: ReadonlyMap<string, Value> | undefined): Value {
  const [dir, base, name, ext] = ["dir", "base", "name", "ext"].map((part) => parts?.get(part));
  const file = base ?? joined([name ?? unknown, ext ?? texts([""])], concat);
  return dir ? joined([dir, file], joinPath) : file;
}

/** What `parseArgs({ options })` gives where nothing is said. */
function defaultsOf(config: Value): Value {
  const options = [...(config.fields?.get("options")?.fields ?? [])];
  return withFields(
    new Map([
      ["values", withFields(new Map(options.map(([name, it]) => [name, it.fields?.get("default") ?? unknown])))],
    ]),
  );
}

/** `[name, value]` for each field of an object. */
function entriesOf(value: Value): Value {
  if (value.fields === undefined) return value.lineal ? value : unknown;
  return withFields(new Map([...value.fields].map(([name, it], i) => [String(i), listOf([texts([name]), it])])));
}

function oneOfTexts(value: Value, make: (text: string) => Value): Value | undefined {
  return value.own.length === 0
    ? undefined
    : texts(value.own.slice(0, 100).flatMap((text) => (text.length <= longest ? make(text).own : [])));
}

/** A text whose places that match a pattern are filled in. */
function filled(text: string, pattern: RegExp, put: (found: RegExpMatchArray) => Value): Value {
  const parts: Value[] = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    parts.push(texts([text.slice(end, found.index)]), put(found));
    end = found.index + found[0].length;
  }
  return joined([...parts, texts([text.slice(end)])], concat);
}

/** `"data/{}.csv".format(x)`. */
function formatted(text: string, args: readonly Value[], named: ReadonlyMap<string, Value>): Value {
  let next = 0;
  return filled(text, /\{\{|\}\}|\{(\w*)([^{}]*)\}/g, ([whole, name, rest]) => {
    if (name === undefined) return texts([whole.slice(0, 1)]);
    const value = /^\d*$/.test(name) ? args[name === "" ? next++ : Number(name)] : named.get(name);
    return rest === "" ? (value ?? unknown) : unknown;
  });
}

/** `"data/%s.csv" % x`. */
function interpolated(text: string, given: Value): Value {
  let next = 0;
  return filled(text, /%%|%(?:\((\w+)\))?[-+ #0]*(\d*(?:\.\d+)?)[A-Za-z]/g, ([whole, name, form]) => {
    if (whole === "%%") return texts(["%"]);
    const value = given.fields ? given.fields.get(name ?? String(next++)) : given;
    return form === "" ? (value ?? unknown) : unknown;
  });
}

/** `"/".join(parts)`. */
function between(list: Value, separator: Value): Value | undefined {
  const items = [...(list.fields?.values() ?? [])];
  if (items.length === 0 || items.length > 50 || separator.own.length !== 1) return undefined;
  return joined(
    items.flatMap((it, i) => (i === 0 ? [it] : [separator, it])),
    concat,
  );
}

/** `"a.csv b.csv".split()`. */
function pieces({ own: [text, ...more] }: Value, separator: Value): Value | undefined {
  const [by = /\s+/] = separator.own;
  if (text === undefined || more.length > 0 || by === "") return undefined;
  return listOf(text.split(by, 200).map((it) => texts([it])));
}

function replaced(receiver: Value, { own: [sought, ...more] }: Value, by: Value): Value | undefined {
  if (sought === undefined || sought === "" || more.length > 0 || by.own.length !== 1) return undefined;
  return oneOfTexts(receiver, (text) => texts([text.replaceAll(sought, by.own[0] ?? "")]));
}
