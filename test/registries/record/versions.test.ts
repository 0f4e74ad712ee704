/** Large families: a new version, and the latest one, cost no more than in a small family. */
import { expect, test } from "vitest";
import type { Operation } from "../../../src/db/operation.ts";
import { insert } from "../../../src/db/write.ts";
import { versionUid } from "../../../src/model/index.ts";
import { getRecord } from "../../../src/registries/record/get.ts";
import { rowOf } from "../../../src/registries/record/row.ts";
import { demote, elect, nextVersion } from "../../../src/registries/record/versions.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { Lab, refused } from "../lab.ts";

/** Runs an operation and counts the rows that its statements gave. */
function* rowsRead<T>(operation: Operation<T>, count: { rows: number }): Operation<T> {
  let step = operation.next([]);
  while (!step.done) {
    const rows = yield step.value;
    count.rows += rows.length;
    step = operation.next(rows);
  }
  return step.value;
}

forEachDatabase((database) => {
  test("saving, trashing and getting read a few rows of a family of 250", async () => {
    await using lab = await Lab.open(database);
    const { Artifact } = lab.ln;
    const { dialect } = lab.connection.database;
    const writer = await lab.connection.writer();
    const first = await Artifact.save(Buffer.from("0"), { key: "a.txt" });
    const row = rowOf(first);
    const stem = String(row.stem);
    const branch = lab.connection.branches.main;
    await lab.connection.write(function* () {
      yield* demote(dialect, writer, "Artifact", stem, branch);
      for (let revision = 1; revision < 250; revision++) {
        const uid = versionUid(stem, revision);
        const isLatest = revision === 249;
        yield* insert(dialect, "Artifact", { ...row, uid, revision, version: null, hash: uid, isLatest });
      }
    });
    const count = { rows: 0 };
    const next = await lab.connection.write(() => rowsRead(nextVersion(dialect, "Artifact", row, undefined), count));
    expect(next).toMatchObject({ revision: 250, uid: versionUid(stem, 250), isLatest: true });
    await lab.connection.write(() => rowsRead(demote(dialect, writer, "Artifact", stem, branch), count));
    const elected = await lab.connection.write(() => rowsRead(elect(dialect, writer, "Artifact", stem, branch), count));
    expect(elected?.uid).toBe(versionUid(stem, 249));
    expect(count.rows).toBeLessThan(40);

    const latest = versionUid(stem, 249);
    for (const wanted of [stem, stem.slice(0, 8), { key: "a.txt" }])
      expect((await getRecord(lab.connection, "Artifact", wanted)).uid).toBe(latest);
    expect((await Artifact.get(versionUid(stem, 7))).uid).toBe(versionUid(stem, 7));
    await (await Artifact.get(stem)).delete();
    expect((await Artifact.get(stem)).uid).toBe(versionUid(stem, 248));
    expect((await Artifact.save(Buffer.from("new"), { key: "a.txt" })).uid).toBe(versionUid(stem, 250));
    await refused(Artifact.save(Buffer.from("more"), { key: "a.txt", version: "0000" }), "conflict");
    // Another family whose uid begins alike.
    const other = `${stem.slice(0, 8)}~`.replace("~", "z".repeat(8));
    const uid = versionUid(other, 0);
    await lab.connection.write(() =>
      insert(dialect, "Artifact", { ...row, stem: other, uid, revision: 0, key: "b.txt", isLatest: true }),
    );
    await refused(Artifact.get(stem.slice(0, 8)), "ambiguous");
    expect((await Artifact.get(stem)).uid).toBe(versionUid(stem, 250));
  });
});
