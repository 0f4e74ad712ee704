/** Facts about the database as a whole: which instance it is. */
import sql from "sql-template-tag";
import type { Dialect } from "./dialect.ts";
import { execute, type Operation } from "./operation.ts";

/** Who this database is, whatever anybody's settings say. */
export interface Identity {
  readonly owner: string;
  readonly name: string;
  readonly uid: string;
}

/** The identity of the instance, or undefined when the database holds none yet. */
export function* readIdentity(dialect: Dialect): Operation<Identity | undefined> {
  const rows = yield* execute(sql`select value from meta where name = 'instance'`);
  return rows[0] && (dialect.decode("json", rows[0].value) as Identity);
}

export function* writeIdentity(dialect: Dialect, identity: Identity): Operation<void> {
  yield* execute(sql`insert into meta (name, value) values ('instance', ${dialect.encode("json", identity)})`);
}
