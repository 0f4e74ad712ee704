/** A save that is ready for its transaction: bytes hashed and stored, names checked. */
import type { Row, RowRef } from "../../db/columns.ts";
import type { ObjectName } from "../../db/objects.ts";
import type { StorageRow } from "../../instance/connection.ts";

/** What is known of bytes once they are hashed and, unless they stay in place, stored. */
export interface Content {
  readonly hash: string;
  readonly hashType: "sha256" | "sha256-manifest";
  /** Bytes. */
  readonly size: number;
  readonly suffix: string;
  readonly nFiles: number | null;
  readonly storage: StorageRow;
  /** Stored objects; absent for a file that stays where it is. */
  readonly object: ObjectName | undefined;
  /** Where those are, when that is not `storage`: the manifest of a folder that stays where it is. */
  readonly objectStorage?: StorageRow | undefined;
  readonly members: readonly ObjectName[];
  /** The path in the storage, for files that stay where they are. */
  readonly placeKey: string | null;
  readonly placeStat: { size: number; mtimeNs: string; ino: string } | null;
  /** Whether the bytes are still there: asked inside the transaction. */
  readonly present: () => boolean;
  readonly otype?: string | null | undefined;
  readonly nObservations?: number | null | undefined;
  readonly kind?: string | undefined;
}

/** Labels to link: relation → ids. */
export type Labels = Readonly<Record<string, readonly number[]>>;

export interface Plan {
  readonly content: Content;
  readonly key: string | undefined;
  readonly description: string | undefined;
  readonly kind: string | undefined;
  readonly version: string | undefined;
  readonly revises: Row | undefined;
  /** The creating run, or null for none. */
  readonly run: RowRef | null;
  readonly branch: RowRef;
  readonly space: RowRef;
  readonly labels: Labels;
  readonly internal: boolean;
}
