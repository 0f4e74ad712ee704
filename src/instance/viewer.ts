/** Who looks: viewers are made here and nowhere else. For now whoever uses an instance sees all of it. */
import type { RowRef } from "../db/columns.ts";
import type { Viewer } from "../db/viewer.ts";

/** The branch that is worked on, and the built-in branches. */
export interface Branches {
  readonly current: RowRef;
  readonly main: RowRef;
  readonly archive: RowRef;
  readonly trash: RowRef;
}

export interface Sight {
  /** `all`: lists show the trash, the archive and other people's branches too, not just the current branch and main. */
  readonly branches?: "all";
  /** Lists show internal artifacts too. */
  readonly internal?: boolean;
}

export function viewerOf({ current, main, archive, trash }: Branches, { branches, internal = false }: Sight): Viewer {
  return {
    sees: null,
    lists: branches === "all" ? null : [...new Set([current.id, main.id])],
    hidden: [trash.id, archive.id],
    internal,
  };
}
