/** What people call things by their uids: a key with its version, a run. */
import { keysOf } from "../db/provenance.ts";
import { defaultConnection } from "../instance/connect.ts";
import { REVISION_LENGTH } from "../model/index.ts";

/** Uid → what it is called: `clean.csv v0001`, `Run('X1GYNq9t')`; deleted things too. */
export async function labelsOf(uids: readonly string[]): Promise<(uid: string) => string> {
  const connection = await defaultConnection();
  const keys = await connection.read(() => keysOf(connection.database.dialect, uids));
  return (uid) => {
    const short = uid.slice(0, 8);
    return keys.has(uid) ? `${keys.get(uid) ?? short} v${uid.slice(-REVISION_LENGTH)}` : `Run('${short}')`;
  };
}
