/** What saving returns, as a table: which existing artifact it is, or of which family the next version. */
import type { Row } from "../../db/columns.ts";

export interface Asked {
  /** Given, or the path in the storage. */
  readonly key: string | undefined;
  readonly hash: string;
  /** A folder and a file may have the same hash: the folder's is that of its manifest. */
  readonly hashType: string;
  readonly suffix: string;
  /** Bytes; empty files never match by content. */
  readonly size: number;
  /** The family that the caller wants to continue. */
  readonly revises: Row | undefined;
}

export interface Known {
  /** Non-trashed rows of the branch with the same hash, newest first. */
  readonly sameHash: readonly Row[];
  /** The latest row of the branch with the same key. */
  readonly head: Row | undefined;
}

export type Match =
  | { readonly do: "return"; readonly row: Row; readonly adoptKey: boolean }
  | { readonly do: "version"; readonly of: Row }
  | { readonly do: "new" };

/**
 * | same hash | key                         | result                                             |
 * |-----------|-----------------------------|----------------------------------------------------|
 * | yes       | the same                    | that artifact, even if it is not the latest        |
 * | yes       | none given                  | the newest with that hash                          |
 * | yes       | existing has none           | that artifact, which adopts the key (same suffix)  |
 * | yes       | another                     | as for new content: the bytes are shared           |
 * | no        | the same as a latest one's  | its next version                                   |
 * | no        | none, or unknown            | a new artifact                                     |
 */
export function match({ key, hash, hashType, suffix, size, revises }: Asked, { sameHash, head }: Known): Match {
  const twins = (size === 0 ? [head].filter((row) => row?.hash === hash) : sameHash).filter(
    (row) => row?.hashType === hashType,
  );
  const existing = (rows: readonly (Row | undefined)[]): Row | undefined =>
    rows.find((row) => row !== undefined && (!revises || row.stem === revises.stem));
  const sameKey = existing(twins.filter((row) => row?.key === (key ?? null) && key !== undefined));
  if (sameKey) return { do: "return", row: sameKey, adoptKey: false };
  if (key === undefined && twins.length > 0) {
    const twin = existing(twins);
    if (twin) return { do: "return", row: twin, adoptKey: false };
  }
  const nameless =
    key !== undefined && !head
      ? existing(twins.filter((row) => row?.key === null && row.suffix === suffix))
      : undefined;
  if (nameless) return { do: "return", row: nameless, adoptKey: true };
  const family = revises ?? head;
  return family ? { do: "version", of: family } : { do: "new" };
}
