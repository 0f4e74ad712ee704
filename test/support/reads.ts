/** The reads of `db`: exported generators that give rows. */
import { children, isNode, nameOf, type SourceFile, type SyntaxNode } from "./source-tree.ts";

export interface Read {
  readonly file: SourceFile;
  readonly node: SyntaxNode;
  readonly name: string;
  /** Whether it takes a `viewer: Viewer`. */
  readonly viewer: boolean;
}

/** Writing, locks, purges and the identity of a database see all there is. */
const SEES_ALL = /^src\/db\/(write|objects|meta|operation)\.ts$/;
/** Parts that reads are made of, and what a write asks before it writes. */
const PARTS = ["firstRows", "readRows", "linksOf", "factsOf", "removedAmong"];

export function readsOf(files: readonly SourceFile[]): Read[] {
  return files
    .filter(({ path }) => path.startsWith("src/db/") && !SEES_ALL.test(path))
    .flatMap((file) =>
      children(file.program).flatMap((statement) => {
        const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : undefined;
        if (!isNode(node) || node.type !== "FunctionDeclaration" || !node.generator) return [];
        const name = nameOf(node.id);
        const text = file.text.slice(node.start as number, node.end as number);
        const signature = text.slice(0, text.indexOf("{\n"));
        if (signature.includes("Operation<void>") || PARTS.includes(name)) return [];
        return [{ file, node, name, viewer: /\bviewer: Viewer\b/.test(signature) }];
      }),
    );
}
