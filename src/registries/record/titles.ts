/** What people call things by their uids: a key with its version, a run. */
import { namesOf } from "../../db/titles.ts";
import { defaultConnection } from "../../instance/connect.ts";
import { REVISION_LENGTH, shortUid } from "../../model/index.ts";

/** Uid → what it is called: `clean.csv v0001`, `Run('X1GYNq9t')`; deleted things too. */
export async function labelsOf(uids: readonly string[]): Promise<(uid: string) => string> {
  const connection = await defaultConnection();
  const names = await connection.read(() => namesOf(connection.database.dialect, connection.viewer(), uids));
  return (uid) => {
    const [short, named] = [shortUid(uid), names.get(uid)];
    if (!named) return `Run('${short}')`;
    return `${named.key ?? short}${named.versioned ? ` v${uid.slice(-REVISION_LENGTH)}` : ""}`;
  };
}
