/** Collections of artifacts in versions, written as rows. */
import { createHash } from "node:crypto";
import type { RowRef } from "../../src/db/columns.ts";
import { insert, link, type Writer } from "../../src/db/write.ts";
import type { Artifact, Collection, Run } from "../../src/index.ts";
import { randomUid } from "../../src/model/index.ts";
import { rowOf } from "../../src/registries/record/row.ts";
import { demote, nextVersion } from "../../src/registries/record/versions.ts";
import type { Workshop } from "./workshop.ts";

/** A collection of these members; the next version of another one, when given. */
export async function gather(
  { ln, lab }: Workshop,
  key: string,
  members: readonly [Artifact, ...Artifact[]],
  { run, after }: { run?: Run; after?: Collection } = {},
): Promise<Collection> {
  const { database } = lab.connection;
  const { dialect } = database;
  const { createdBy, space, branch } = rowOf(members[0]);
  const writer: Writer = { now: lab.connection.now(), userUid: (createdBy as RowRef).uid, runUid: null };
  const hash = createHash("sha256")
    .update(
      members
        .map((one) => one.hash)
        .sort()
        .join(),
    )
    .digest("hex");
  const uid = await database.write(function* () {
    if (after) yield* demote(dialect, writer, "Collection", String(rowOf(after).stem), branch as RowRef);
    const family = yield* nextVersion(dialect, "Collection", after ? rowOf(after) : randomUid(16), undefined);
    const row = yield* insert(dialect, "Collection", {
      ...family,
      key,
      hash,
      createdAt: writer.now,
      run: run ? rowOf(run) : null,
      createdBy,
      space,
      branch,
    });
    yield* link(
      dialect,
      writer,
      "Collection",
      "artifacts",
      row.id,
      members.map((one) => rowOf(one).id),
    );
    return row.uid;
  });
  return ln.Collection.get(uid);
}
