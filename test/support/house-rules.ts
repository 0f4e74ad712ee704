/** The rules of the house: each takes source files and returns one line for every breach. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./repository.ts";
import { floorsOf } from "./floors.ts";
import { readsOf } from "./reads.ts";
import {
  at,
  children,
  exportsOf,
  importsOf,
  isNode,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  walk,
} from "./source-tree.ts";

/** One rule: lines like `src/db/x.ts:3: …`, none when all is well. */
export type Rule = (files: readonly SourceFile[]) => string[];

const floors = floorsOf(readFileSync(join(repository, "ARCHITECTURE.md"), "utf8"));

const room = (path: string): string => path.split("/")[1]?.replace(/\.ts$/, "") ?? "";
const inSrc = (files: readonly SourceFile[]): SourceFile[] => files.filter((file) => file.path.startsWith("src/"));

export const standOnlyOnLowerRooms: Rule = (files) =>
  inSrc(files).flatMap((file) => {
    const here = room(file.path);
    const floor = floors.get(here);
    if (!floor) return [`${file.path}: the room '${here}' is not in the table of ARCHITECTURE.md: add it there`];
    return importsOf(file).flatMap((it) => {
      const there = room(it.from);
      const breach = (message: string): string[] => [`${file.path}:${it.line}: ${message} (${it.from})`];
      if (!it.from.startsWith("src/")) return breach("src must not import what lies outside");
      if (there === here) return [];
      const access = floor.get(there);
      if (!access) return breach(`${here} must not import ${there}, only ${[...floor.keys()].join(", ") || "nothing"}`);
      if (access === "types" && !it.typeOnly) return breach(`${here} imports types alone from ${there}`);
      if (access === "lazily" && !it.lazy) return breach(`${here} loads ${there} lazily, by await import(…)`);
      return [];
    });
  });

/** Rooms that run in a browser as well. PNG is made by a native library, and its font is unpacked by Node. */
const PURE_ROOMS = ["ground", "model", "lineage"];
const PURE_EXCEPT = ["src/lineage/export/png.ts", "src/lineage/draw/font.ts"];

export const noNodeInPureRooms: Rule = (files) =>
  look(
    inSrc(files).filter(({ path }) => PURE_ROOMS.includes(room(path)) && !PURE_EXCEPT.includes(path)),
    (node) => {
      const text = textOf(node);
      return text?.startsWith("node:") ? `a pure room must not import ${text}` : undefined;
    },
  );

export const noCircles: Rule = (files) => {
  const edges = new Map(
    inSrc(files).map((file) => [file.path, [...new Set(importsOf(file).map((it) => it.from))].sort()]),
  );
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "open") circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    if (state.has(path)) return;
    state.set(path, "open");
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of [...edges.keys()].sort()) visit(path, []);
  return circles;
};

export const noLongFiles: Rule = (files) =>
  files.flatMap(({ path, text }) => {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    return lines > 500 ? [`${path}: ${lines} lines; split it (at most 500)`] : [];
  });

export const startWithAComment: Rule = (files) =>
  inSrc(files).flatMap(({ path, text }) =>
    /^(#!.*\n)?\/\*\* ?\S|^(#!.*\n)?\/\*\*\n \* \S/.test(text)
      ? []
      : [`${path}:1: the first line is a /** comment */ that says what the file is for`],
  );

export const noConsoleOutsideCli: Rule = (files) =>
  look(
    inSrc(files).filter((file) => room(file.path) !== "cli"),
    (node, parents) => {
      if (node.type !== "Identifier" || node.name !== "console" || isMemberName(node, parents)) return undefined;
      return "no console outside cli: use the instance's log";
    },
  );

/** Names and URLs, that is: a help text or a hint may tell a person about them. */
export const noDialectOutsideDb: Rule = (files) =>
  look(
    inSrc(files).filter((file) => room(file.path) !== "db"),
    (node) => {
      const text = node.type === "Identifier" ? String(node.name) : textOf(node);
      const dialect =
        text === undefined || /\s/.test(text.trim())
          ? undefined
          : (/sqlite|postgres/i.exec(text)?.[0] ?? (/^pg(-\w+)?$/.test(text) ? text : undefined));
      return dialect === undefined ? undefined : `only db knows '${dialect}': ${snippet(text ?? "")}`;
    },
  );

const statement =
  /^\s*(select\s[\s\S]*\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\S+\s+set\s|delete\s+from\s|create\s+(unique\s+|temp\s+|virtual\s+)*(table|index|view|trigger)\s|alter\s+table\s|drop\s+(table|index)\s|with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s*\(|pragma\s+\w+|begin\s+immediate)/i;

export const noSqlOutsideDb: Rule = (files) =>
  look(
    inSrc(files).filter((file) => room(file.path) !== "db"),
    (node) => {
      if (node.type === "TaggedTemplateExpression" && nameOf(node.tag) === "sql")
        return "SQL belongs in db: a template tagged sql";
      const text = textOf(node);
      return text !== undefined && statement.test(text) ? `SQL belongs in db: ${snippet(text)}` : undefined;
    },
  );

/** Rows of runs are written by two functions that only `startRun`'s file imports; nobody else gives a row a status. */
export const onlyStartRunSetsTheStatusOfARun: Rule = (files) => {
  const breach = "only src/track/run.ts begins and ends runs: call startRun";
  const rows = "src/registries/runs/runs.ts";
  const others = inSrc(files).filter(({ path }) => path !== "src/track/run.ts");
  const imports = others.flatMap((file) =>
    importsOf(file)
      .filter(
        (it) => it.from === rows && (it.names === "all" || it.names.some((name) => /^(add|change)Run$/.test(name))),
      )
      .map((it) => `${file.path}:${it.line}: ${breach}`),
  );
  const writes = others.flatMap((file) =>
    look([file], (node) => {
      if (node.type !== "CallExpression" || !isNode(node.callee)) return undefined;
      const called = nameOf(node.callee.type === "MemberExpression" ? node.callee.property : node.callee);
      const given = node.arguments as SyntaxNode[];
      const run = ["insert", "update"].includes(called) && given.some((it) => nameOf(it) === "Run");
      const status = ["insert", "update", "save"].includes(called) && given.some((it) => hasField(it, "status"));
      return status || (run && file.path !== rows) ? breach : undefined;
    }),
  );
  return [...imports, ...writes];
};

function hasField(node: SyntaxNode, name: string): boolean {
  return node.type === "ObjectExpression" && children(node).some((it) => nameOf(it.key) === name);
}

/** Who looks is an argument of every read; only `instance` makes viewers. */
export const everyReadTakesAViewer: Rule = (files) => [
  ...readsOf(inSrc(files)).flatMap(({ file, node, name, viewer }) =>
    viewer ? [] : [`${at(file, node)}: ${name} reads rows and takes no Viewer`],
  ),
  ...look(
    inSrc(files).filter(({ path }) => !/^src\/(db|instance)\/viewer\.ts$/.test(path)),
    (node) =>
      hasField(node, "sees") ? "viewers are made in src/instance/viewer.ts: use connection.viewer(…)" : undefined,
  ),
];

/** The embedded database is a file, and no stored bytes. */
const DATABASE_FILE = "src/db/sqlite.ts";

/** Bytes of artifacts are read, written and removed through a backend. */
export const onlyStorageOpensStoredBytes: Rule = (files) =>
  inSrc(files)
    .filter(({ path }) => ["registries", "formats", "db"].includes(room(path)) && path !== DATABASE_FILE)
    .flatMap((file) =>
      look([file], (node) =>
        /^node:fs(\/promises)?$/.test(textOf(node) ?? "")
          ? "only storage opens stored bytes: use its backend"
          : undefined,
      ),
    );

export const noDefaultExport: Rule = (files) =>
  inSrc(files).flatMap((file) =>
    [...exportsOf(file).names]
      .filter(([name]) => name === "default")
      .map(([, line]) => `${file.path}:${line}: export by name, not by default`),
  );

export const noAnyInExportedSignatures: Rule = (files) =>
  inSrc(files).flatMap((file) =>
    children(file.program)
      .filter((node) => node.type === "ExportNamedDeclaration" && isNode(node.declaration))
      .flatMap((node) =>
        anyInSignature(node.declaration as SyntaxNode).map(
          (it) => `${at(file, it)}: 'any' in an exported signature: name the type, or use unknown`,
        ),
      ),
  );

export const noTopLevelAwait: Rule = (files) =>
  inSrc(files).flatMap((file) => {
    const found: string[] = [];
    walk(file.program, (node) => {
      if (isFunction(node)) return false;
      const waits =
        node.type === "AwaitExpression" ||
        (node.type === "ForOfStatement" && node.await === true) ||
        (node.type === "VariableDeclaration" && node.kind === "await using");
      if (waits) found.push(`${at(file, node)}: no top-level await: require() of the package would fail`);
      return undefined;
    });
    return found;
  });

/** An export that no other file of the system uses (tests do not count), and that `src/index.ts` does not offer; a type may serve its own file's signatures. */
export const noDeadExports: Rule = (all) => {
  const files = all.filter(({ path }) => !path.startsWith("test/"));
  const byPath = new Map(files.map((file) => [file.path, { file, exports: exportsOf(file) }]));
  const used = new Map<string, Set<string>>();
  const use = (path: string, names: "all" | readonly string[]): void => {
    const entry = byPath.get(path);
    if (!entry) return;
    const seen = used.get(path) ?? new Set();
    used.set(path, seen);
    const fresh = (names === "all" ? [...entry.exports.names.keys(), "*"] : names).filter((name) => !seen.has(name));
    for (const name of fresh) seen.add(name);
    if (fresh.length > 0) for (const star of entry.exports.stars) use(star, names === "all" ? "all" : fresh);
  };
  // What a file re-exports whole is used only if its users use it; index.ts is used by everybody.
  use("src/index.ts", "all");
  for (const file of files) {
    const stars = exportsOf(file).stars;
    for (const it of importsOf(file))
      if (!(it.names === "all" && !it.lazy && stars.includes(it.from))) use(it.from, it.names);
  }
  return inSrc(files).flatMap((file) => {
    const names = [...(byPath.get(file.path)?.exports.names ?? [])].filter(([name]) => !used.get(file.path)?.has(name));
    const types = names.length > 0 ? typesUsedWithin(file) : new Set();
    return names
      .filter(([name]) => !types.has(name))
      .map(([name, line]) => `${file.path}:${line}: nothing uses the export '${name}'`);
  });
};

function typesUsedWithin(file: SourceFile): Set<string> {
  const used = new Set<string>();
  walk(file.program, (node) => {
    if (node.type === "TSTypeReference") used.add(nameOf(node.typeName));
    if (/^TS(ExpressionWithTypeArguments|InterfaceHeritage|ClassImplements)$/.test(node.type))
      used.add(nameOf(node.expression));
  });
  return used;
}

function look(
  files: readonly SourceFile[],
  judge: (node: SyntaxNode, parents: readonly SyntaxNode[]) => string | undefined,
): string[] {
  return files.flatMap((file) => {
    const found: string[] = [];
    walk(file.program, (node, parents) => {
      const breach = judge(node, parents);
      if (breach !== undefined) found.push(`${at(file, node)}: ${breach}`);
    });
    return [...new Set(found)];
  });
}

function textOf(node: SyntaxNode): string | undefined {
  if (node.type === "StringLiteral" || node.type === "DirectiveLiteral") return String(node.value);
  if (node.type !== "TemplateLiteral") return undefined;
  return (node.quasis as SyntaxNode[])
    .map((it) => (it.value as { cooked?: string; raw: string }).cooked ?? "")
    .join("?");
}

function snippet(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, " ");
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
}

function isMemberName(node: SyntaxNode, parents: readonly SyntaxNode[]): boolean {
  const parent = parents.at(-1);
  if (parent?.type === "MemberExpression") return parent.property === node && !parent.computed;
  return (
    (parent?.type === "ObjectProperty" || parent?.type === "ObjectMethod" || parent?.type === "TSPropertySignature") &&
    parent.key === node &&
    !parent.shorthand
  );
}

function isFunction(node: SyntaxNode): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod|ClassPrivateMethod)$/.test(
    node.type,
  );
}

/** The `any`s that a user of the declaration can see: bodies, private members and plain initial values are not looked at. */
function anyInSignature(declaration: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  walk(declaration, (node, parents) => {
    const parent = parents.at(-1);
    if (
      node.type === "BlockStatement" ||
      node.type === "ClassPrivateMethod" ||
      node.type === "ClassPrivateProperty" ||
      node.accessibility === "private"
    )
      return false;
    const isValue =
      parent !== undefined &&
      (((parent.type === "VariableDeclarator" || parent.type === "ClassProperty") &&
        (parent.init === node || parent.value === node)) ||
        (parent.type === "ArrowFunctionExpression" && parent.body === node) ||
        (parent.type === "AssignmentPattern" && parent.right === node));
    if (isValue && !isFunction(node) && node.type !== "ClassExpression") return false;
    if (node.type === "TSAnyKeyword") found.push(node);
    return undefined;
  });
  return found;
}
