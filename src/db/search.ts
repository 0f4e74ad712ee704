/** Search: which rows hold a text, and how well it fits. */
import sql, { join, raw, type Sql } from "sql-template-tag";
import { model, type Name } from "../model/index.ts";
import { columnOf, FALSE, shapeOf } from "./columns.ts";
import type { Dialect } from "./dialect.ts";

/** Ranks how well a title or description fits: whole value before phrase before beginning before part (behaviour of the reference's search). */
export function searchFor(dialect: Dialect, name: Name, text: string): { condition: Sql; rank: Sql } {
  const wanted = text.trim();
  const { fields } = shapeOf(name);
  const columns = [...new Set([model[name].title, "name", "key", "description", "uid"])].filter(
    (key) => fields.get(key)?.kind === "text",
  );
  if (wanted === "") return { condition: FALSE, rank: columnOf("t0", "id") };
  const s = dialect.fold(sql`cast(${dialect.encode("text", wanted)} as text)`);
  const spaced = (value: Sql, delimiters: string): Sql =>
    [...delimiters].reduce((inner, d) => sql`replace(${inner}, ${raw(`'${d}'`)}, ' ')`, value);
  const when = (test: Sql, points: number): Sql => sql`(case when ${test} then ${raw(String(points))} else 0 end)`;
  const scores = columns.map((key) => {
    const f = dialect.fold(sql`coalesce(${columnOf("t0", fields.get(key)?.column as string)}, '')`);
    const words = sql`(' ' || ${spaced(f, "|.,;:")} || ' ')`;
    const phrase = spaced(s, "|.,;:");
    return sql`(${join(
      [
        when(sql`${f} = ${s}`, 200),
        when(dialect.contains(words, sql`(' ' || ${phrase} || ' ')`), 10),
        when(
          sql`substr(${f}, 1, length(${s})) = ${s} and not ${dialect.contains(sql`substr(${f}, length(${s}) + 1)`, sql`' '`)}`,
          8,
        ),
        when(dialect.contains(sql`(' ' || ${spaced(f, "|")})`, sql`(' ' || ${s})`), 2),
        when(dialect.contains(words, sql`(${phrase} || ' ')`), 2),
        when(dialect.contains(f, s), 1),
      ],
      " + ",
    )})`;
  });
  const condition = sql`(${join(
    columns.map((key) =>
      dialect.contains(dialect.fold(sql`coalesce(${columnOf("t0", fields.get(key)?.column as string)}, '')`), s),
    ),
    " or ",
  )})`;
  return { condition, rank: sql`(${join(scores, " + ")})` };
}
