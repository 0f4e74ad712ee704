/** Keeps secrets out of what we store: source text, params, command lines and console reports. */

/** What stands in place of a secret. */
const redactedMark = "***REDACTED***";

const secretWords = new Set(
  "token pwd auth authorization credential credentials authtoken accesstoken accesskey secretkey privatekey".split(" "),
);
/** Words that give a name away however it begins: `PGPASSWORD`, `dbpasswd`. */
const secretEnding = /(?:passw(?:or)?d|passphrase|secret|apikey)s?$/;
const secretPairs = new Set(
  [
    "api",
    "private",
    "access",
    "secret",
    "signing",
    "encryption",
    "auth",
    "ssh",
    "account",
    "master",
    "license",
    "subscription",
  ].map((word) => `${word} key`),
);
for (const who of "db database user smtp mysql pg postgres admin root ftp redis mail email".split(" "))
  secretPairs.add(`${who} pass`);
/** Tokens of language models and parsers, and switches: `pad_token`, `maxToken`, `--no-auth`. */
const harmlessBefore = new Set(
  "pad eos bos unk sep cls mask special start end stop next first last image max min num n no".split(" "),
);
const trailingNoise = /^(?:\d+|v\d+|prod|production|dev|development|staging|test|live|old|new|value|default)$/;

/** Whether a name (`apiKey`, `DB_PASSWORD`, `x-auth-token` …) says that its value is a secret. */
function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  while (words.length > 1 && trailingNoise.test(words.at(-1) ?? "")) words.pop();
  if (words.at(-1) === "id" && words.at(-2) === "key") words.pop();
  const last = (words.at(-1) ?? "").replace(/\d+$/, "");
  const before = words.at(-2) ?? "";
  if (secretPairs.has(`${before} ${last}`) || (last === "pass" && words.length === 1)) return true;
  return (secretWords.has(last) || secretEnding.test(last)) && !harmlessBefore.has(before);
}

/**
 * Source text with its secrets replaced by `***REDACTED***`; lines and quotes stay where they are, and a second pass changes nothing.
 *
 * Found are: quoted values given to secret-looking names, credentials in URLs, tokens of well-known shapes, private keys,
 * and unquoted values in shell assignments and flags.
 */
export function redactSource(text: string): string {
  let current = text;
  // one replacement can complete another pattern, so it runs until nothing moves
  for (let pass = 0; pass < 10; pass++) {
    const next = redactShell(redactNamed(redactShapes(current)));
    if (next === current) break;
    current = next;
  }
  return current;
}

/** An object with every secret in it replaced, at any depth. */
export function redactParams(params: Record<string, unknown>): Record<string, unknown> {
  return redactDeep(params, false, new Map()) as Record<string, unknown>;
}

/** Command-line arguments with their secrets replaced: `--token abc`, `--api-key=abc`, `PASSWORD=abc`, credential URLs. */
export function redactArgs(argv: readonly string[]): string[] {
  let secretNext = false;
  return argv.map((argument) => {
    const flag = /^(--?)([A-Za-z][\w.-]*)(=[^]*)?$/.exec(argument);
    if (secretNext && !argument.startsWith("--")) {
      secretNext = false;
      return redactedMark;
    }
    secretNext = flag !== null && flag[3] === undefined && isSecretName(flag[2] ?? "");
    const given = /^((?:--?)?([A-Za-z_][\w.-]*)=)[^]+$/.exec(argument);
    if (given && isSecretName(given[2] ?? "")) return `${given[1]}${redactedMark}`;
    return redactText(argument);
  });
}

const wholeUrl = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]*:[^\s/?#]+@\S*$/i;

function redactText(text: string): string {
  return wholeUrl.test(text) ? redactedMark : redactSource(text);
}

function redactDeep(value: unknown, secret: boolean, seen: Map<object, unknown>): unknown {
  if (typeof value === "string") return secret && value !== "" ? redactedMark : redactText(value);
  if (typeof value === "number" || typeof value === "bigint") return secret ? redactedMark : value;
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    seen.set(value, copy);
    for (const item of value) copy.push(redactDeep(item, secret, seen));
    return copy;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value;
  const copy: Record<string, unknown> = {};
  seen.set(value, copy);
  for (const [key, item] of Object.entries(value)) {
    const clean = redactDeep(item, secret || isSecretName(key), seen);
    Object.defineProperty(copy, key, { value: clean, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

const pem =
  /(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----)([\w+/=\s\\"'`,.:;()*-]{0,20000}?)(-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)/g;
const urlCredentials =
  /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{1,30}:\/\/)([^\s:/?#@"'`<>\\]*:([^\s/"'`<>\\]+))@(?=[^\s@"'`])/gi;
const urlQuery = /([?&]([A-Za-z][\w.-]{0,60})=)([^&\s"'`<>#\\]+)/g;
const authHeader = /(authorization\\?["'`]?\s*[:=,]\s*\\?["'`]?(?:bearer|basic|token)\s+)([^\s"'`\\]+)/gi;
const tokenShapes = new RegExp(
  [
    String.raw`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`,
    String.raw`\bgh[pousr]_[A-Za-z0-9]{20,}`,
    String.raw`\bgithub_pat_\w{20,}`,
    String.raw`\bglpat-[\w-]{20,}`,
    String.raw`(?<![\w-])sk-(?:[A-Za-z0-9]{16,}|(?=[A-Za-z_-]*\d)[\w-]{20,})[\w-]*`,
    String.raw`\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}`,
    String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`,
    String.raw`\bAIza[\w-]{35}`,
    String.raw`\bnpm_[A-Za-z0-9]{36}`,
    String.raw`\bhf_[A-Za-z0-9]{30,}`,
    String.raw`\bpypi-[\w-]{50,}`,
    String.raw`\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}`,
  ].join("|"),
  "g",
);

function redactShapes(text: string): string {
  return text
    .replace(pem, (_, begin: string, body: string, end: string) => begin + redactBase64(body) + end)
    .replace(tokenShapes, redactedMark)
    .replace(urlCredentials, (all, scheme: string, _credentials: string, password: string) =>
      isInterpolation(password) ? all : `${scheme}${redactedMark}@`,
    )
    .replace(urlQuery, (all, head: string, name: string, value: string) =>
      (isSecretName(name) || /^(sig|x-amz-signature|signature)$/i.test(name)) && !isInterpolation(value)
        ? head + redactedMark
        : all,
    )
    .replace(authHeader, (all, head: string, value: string) => (isInterpolation(value) ? all : head + redactedMark));
}

function redactBase64(body: string): string {
  return body.replace(/\\[nrt]|\*{3}REDACTED\*{3}|[A-Za-z0-9+/=]{4,}/g, (piece) =>
    /^[\\*]/.test(piece) ? piece : redactedMark,
  );
}

/** Whether a value is nothing but a reference to another one: `${x}`, `{x}`, `$X`, `%s`. */
function isInterpolation(value: string): boolean {
  const rest = value.replace(/\$?\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_]\w*|%s|%\w+%/g, "");
  return rest !== value && /^(?:(?:bearer|basic|token)\s*)?$/i.test(rest);
}

/** A name, quoted or not, and what gives it a value: `=`, `:`, a type and `=`, `<-`, or a fallback such as `??`. */
const nameAndOperator =
  /(?<![\w$-])([A-Za-z_$][\w$-]{0,79})\\?["'`]?[\])]?[?!]?\s*(?::\s*[^=\n"'`;,(){}]{1,80}=|:?=|\+=|\?\?=?|\|\|=?|<<?-|:|\bor\b)\s*([([]?)\s*/g;
/** The same for calls that set or read by name: `headers.set("x-api-key", "…")`, `getenv("TOKEN", "…")`. */
const nameInCall = /\b(?:set\w*|append|putenv|header|get|getenv|field)\(\s*\\?["'`]([\w.-]{1,80})\\?["'`]\s*,()\s*/g;
// the bodies are written so that no two parts can match the same characters: time stays linear
const literal =
  /(?:[rbfu]{1,2}(?=["']))?(?:("""|''')([^]*?)\1|(\\["'])((?:(?!\3)[^\n])*?)\3|(")([^"\\\n]*(?:\\[^][^"\\\n]*)*)"|(')([^'\\\n]*(?:\\[^][^'\\\n]*)*)'|(`)([^`\\]*(?:\\[^][^`\\]*)*)`)/iy;

function redactNamed(text: string): string {
  return redactAfter(redactAfter(text, nameAndOperator), nameInCall);
}

function redactAfter(text: string, pattern: RegExp): string {
  let out = "";
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    if (start < done || !isSecretName(match[1] ?? "") || isTypeName(text, start)) continue;
    const separator = match[2] ? /\s*[+,]?\s*/y : /\s*\+\s*/y;
    let position = start + match[0].length;
    // one value may be several literals: "a" + "b", or a pair ("user", "password")
    for (let piece = literalAt(text, position); piece !== undefined; piece = literalAt(text, position)) {
      if (!isUnionType(text, piece.end)) {
        out += text.slice(done, position) + piece.clean;
        done = piece.end;
      }
      separator.lastIndex = piece.end;
      if (!separator.test(text)) break;
      position = separator.lastIndex;
    }
  }
  return out + text.slice(done);
}

function literalAt(text: string, position: number): { clean: string; end: number } | undefined {
  literal.lastIndex = position;
  const match = literal.exec(text);
  if (match === null) return undefined;
  const quote = match[1] ?? match[3] ?? match[5] ?? match[7] ?? match[9] ?? "";
  const inner = match[2] ?? match[4] ?? match[6] ?? match[8] ?? match[10] ?? "";
  const prefix = match[0].slice(0, match[0].length - inner.length - 2 * quote.length);
  const keep = inner.trim() === "" || isInterpolation(inner);
  const clean = keep ? inner : redactedMark + "\n".repeat(inner.split("\n").length - 1);
  return { clean: prefix + quote + clean + quote, end: position + match[0].length };
}

function isTypeName(text: string, start: number): boolean {
  return /\btype\s+$/.test(text.slice(Math.max(0, start - 12), start));
}

function isUnionType(text: string, end: number): boolean {
  return /^\s*\|(?!\|)/.test(text.slice(end, end + 40));
}

const shellAssignment = /(?<=^|[\s;&|])((?:export[ \t]+)?([A-Za-z_]\w{0,79})=)([^\s"'`$(){}[\],;<>|&]+)(?=$|[\s;&|])/gm;
const shellFlag =
  /(?<![\w-])(--([A-Za-z][\w-]{0,79})(=|[ \t]+))(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'`$(){}[\],;<>|&\\-][^\s"'`$(){}[\],;<>|&\\]*))/g;
const noValue = /^(?:None|null|undefined|true|false|True|False)$/;
const proseWord =
  /^(?:to|is|or|and|in|for|the|as|with|if|from|option|flag|must|can|when|was|are|has|may|should|will)$/i;

function redactShell(text: string): string {
  return text
    .replace(shellAssignment, (all, head: string, name: string, value: string) => {
      const shellLike = head.startsWith("export") || /^[A-Z0-9_]+$/.test(name);
      return shellLike && isSecretName(name) && !noValue.test(value) ? head + redactedMark : all;
    })
    .replace(
      shellFlag,
      (all, head: string, name: string, gap: string, double?: string, single?: string, bare?: string) => {
        if (
          !isSecretName(name) ||
          isInterpolation(double ?? single ?? "") ||
          (gap !== "=" && proseWord.test(bare ?? ""))
        )
          return all;
        const quote = double !== undefined ? '"' : single !== undefined ? "'" : "";
        return head + quote + redactedMark + quote;
      },
    );
}
