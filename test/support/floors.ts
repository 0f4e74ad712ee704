/** The table of ARCHITECTURE.md that says which room may import which. */

/** One row of the table: the rooms that may be imported, and those of them that only `await import(…)` may load. */
interface Floor {
  readonly rooms: readonly string[];
  readonly lazily: readonly string[];
}

/** Who may stand on whom, as the table in ARCHITECTURE.md says. A room is a folder of `src/`, or a file directly in it. */
export function floorsOf(markdown: string): ReadonlyMap<string, Floor> {
  const table = markdown.split(/^\| room \| may import \|$/m)[1]?.split("\n\n")[0] ?? "";
  const floors = new Map<string, Floor>();
  for (const [, room = "", text = ""] of table.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)) {
    const [all, ...notes] = text.split(/; | except /);
    const lazily = notes.flatMap((note) => note.match(/^(\w+) only lazily$/)?.[1] ?? []);
    const except = text.includes(" except ") ? notes : [];
    const above = [...floors.keys()].filter((name) => !except.includes(name));
    const rooms = all === "everything above" ? above : all === "nothing" ? [] : (all ?? "").split(", ");
    floors.set(room, { rooms, lazily });
  }
  return floors;
}
