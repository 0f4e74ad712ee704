/** The table of ARCHITECTURE.md that says which room may import which. */

/** How a room may be imported: as it is, its types alone, or only by `await import(…)`. */
export type Access = "any" | "types" | "lazily";

/** Room → the rooms it may import. A room is a folder of `src/`, or a file directly in it. */
export type Floors = ReadonlyMap<string, ReadonlyMap<string, Access>>;

/** Reads the table. A row is for one room or several; its cell lists `room`, `types of room`, `room only lazily`, `everything above`, `not room`, or `nothing`. */
export function floorsOf(markdown: string): Floors {
  const table = markdown.split(/^\| room \| may import \|$/m)[1]?.split("\n\n")[0] ?? "";
  const floors = new Map<string, Map<string, Access>>();
  for (const [, rooms = "", cell = ""] of table.matchAll(/^\| (`.+?`) \| (.+) \|$/gm)) {
    const allowed = new Map<string, Access>();
    for (const term of cell.split(", ")) {
      const [, not, types, name = "", lazily] =
        /^(not )?(types of )?(\w+| ?everything above)( only lazily)?$/.exec(term) ?? [];
      if (name === "") throw new Error(`ARCHITECTURE.md: cannot read "${term}" in the row of ${rooms}`);
      if (name === "everything above") for (const above of floors.keys()) allowed.set(above, "any");
      else if (not) allowed.delete(name);
      else if (name !== "nothing") allowed.set(name, types ? "types" : lazily ? "lazily" : "any");
    }
    for (const room of rooms.split(", ")) floors.set(room.slice(1, -1), allowed);
  }
  return floors;
}
