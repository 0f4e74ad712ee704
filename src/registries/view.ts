/** The newest rows of every registry. */
import { select } from "../db/select.ts";
import type { Connection } from "../instance/connection.ts";
import { model, type Name, names } from "../model/index.ts";
import { tableOfRows } from "./record/listing.ts";

/** The newest `limit` rows of each registry that has any, as tables one below the other. */
export async function viewText(
  connection: Connection,
  options: { limit?: number; registries?: readonly Name[] } = {},
): Promise<string> {
  const { dialect } = connection.database;
  const wanted = options.registries ?? names.filter((name) => !model[name].minor);
  const parts = await connection.read(function* () {
    const found: string[] = [];
    for (const name of wanted) {
      const rows = yield* select(dialect, connection.viewer(), {
        name,
        order: ["-id"],
        limit: options.limit ?? 7,
      });
      if (rows.length > 0) found.push(`${name}\n${tableOfRows(name, rows)}`);
    }
    return found;
  });
  return parts.join("\n\n");
}
