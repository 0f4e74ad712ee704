/** Every read of the database with a viewer that sees one branch only: rows on another are as if they did not exist. */
import { expect, test } from "vitest";
import type { Row } from "../../src/db/columns.ts";
import { changedSince, fitting, rowsAsOf } from "../../src/db/history.ts";
import { lineage, transformsOf } from "../../src/db/lineage.ts";
import { ARTIFACT, rowNumber } from "../../src/db/lineage-kinds.ts";
import { conditionsOf, provenanceOfAll, provenanceUpstream, sourcesOf } from "../../src/db/provenance.ts";
import { lastRemoved, remove, removedSince } from "../../src/db/removed.ts";
import type { Operation } from "../../src/db/operation.ts";
import { byId, byUid, count, lazyColumn, one, select } from "../../src/db/select.ts";
import { namesOf } from "../../src/db/titles.ts";
import { everything, type Viewer } from "../../src/db/viewer.ts";
import { update } from "../../src/db/write.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { readsOf } from "../support/reads.ts";
import { readTree } from "../support/source-tree.ts";
import { Fixture, MAIN, NOW, WRITER } from "./fixture.ts";

const ONLY_MAIN: Viewer = { ...everything, sees: [MAIN.id] };
const LATER = new Date(NOW.getTime() + 1);
const BEFORE = new Date(NOW.getTime() - 1);

forEachDatabase((database) => {
  test("rows on another branch are as if they did not exist", async () => {
    const f = await Fixture.open(database);
    const { dialect } = f.db;
    const work = await f.add("Branch", { name: "work" });
    const transform = await f.add("Transform", { key: "script", sourceCode: "secret()\n", modules: [], branch: work });
    const run = await f.add("Run", { transform, branch: work });
    const other = await f.add("Artifact", { key: "results/other", run, branch: work });
    const mine = await f.add("Artifact", { key: "results/mine", run });
    const open = await f.add("Run", { transform, name: "mine" });
    const gone = await f.add("Artifact", { key: "results/gone", branch: work });
    await f.db.write(() => remove(dialect, { ...WRITER, now: LATER }, "Artifact", gone));
    await f.link("Artifact", "inputOf", other, open);
    await f.link("Artifact", "inputOf", mine, open);
    await f.db.write(() => update(dialect, { ...WRITER, now: LATER }, "Artifact", other.id, { description: "new" }));
    await f.db.write(() => update(dialect, { ...WRITER, now: LATER }, "Artifact", mine.id, { description: "new" }));

    const far = { upstream: "all", downstream: "all", limit: 10 } as const;
    const reads: Record<string, (viewer: Viewer) => Operation<unknown>> = {
      select: (viewer) => select(dialect, viewer, { name: "Artifact", where: [{}] }),
      "select by a search": (viewer) => select(dialect, viewer, { name: "Artifact", search: "results" }),
      "select, a page": (viewer) => select(dialect, viewer, { name: "Artifact", order: ["-createdAt"], limit: 5 }),
      "select by a to-one relation": (viewer) =>
        select(dialect, viewer, { name: "Artifact", where: [{ run: { transform: { key: "script" } } }] }),
      "select by a to-one relation, a page": (viewer) =>
        select(dialect, viewer, {
          name: "Artifact",
          where: [{ run: { uid: run.uid } }],
          order: ["-createdAt"],
          limit: 5,
        }),
      "select by a to-many relation": (viewer) =>
        select(dialect, viewer, { name: "Run", where: [{ inputs: { key: { startsWith: "results/o" } } }] }),
      "select what a relation leads to": (viewer) =>
        select(dialect, viewer, { name: "Artifact", from: { name: "Run", key: "inputs", uid: open.uid } }),
      "select what a relation of another leads to": (viewer) =>
        select(dialect, viewer, { name: "Artifact", from: { name: "Run", key: "outputs", uid: run.uid } }),
      count: (viewer) => count(dialect, viewer, { name: "Artifact" }),
      "count, a page": (viewer) => count(dialect, viewer, { name: "Artifact", limit: 5 }),
      byUid: (viewer) => byUid(dialect, viewer, "Artifact", "", 5),
      byId: (viewer) => byId(dialect, viewer, "Artifact", other.id),
      lazyColumn: (viewer) => lazyColumn(dialect, viewer, "Transform", "sourceCode", transform.id),
      one: (viewer) => one(dialect, viewer, "Artifact", "run", mine.id),
      "one, of another": (viewer) => one(dialect, viewer, "Artifact", "storage", other.id),
      lineage: (viewer) => lineage(dialect, viewer, { ...far, focus: { name: "Run", id: open.id, uid: open.uid } }),
      provenanceUpstream: function* (viewer) {
        const { data, runs, transforms } = yield* provenanceUpstream(dialect, [rowNumber(ARTIFACT, mine.id)], viewer);
        return [...data.values(), ...runs.values(), ...transforms.values()];
      },
      provenanceOfAll: function* (viewer) {
        return [...(yield* provenanceOfAll(dialect, viewer)).data.values()];
      },
      rowsAsOf: (viewer) => rowsAsOf(dialect, viewer, "Artifact", [mine, other], LATER),
      fitting: (viewer) => fitting(dialect, viewer, "Artifact", [mine, other], { run: { status: "started" } }),
      changedSince: (viewer) => changedSince(dialect, viewer, "Artifact", ["description"], BEFORE),
      conditionsOf: (viewer) => conditionsOf(dialect, viewer, [run.id, open.id]),
      sourcesOf: (viewer) => sourcesOf(dialect, viewer, [transform.uid]),
      namesOf: (viewer) => namesOf(dialect, viewer, [mine.uid, other.uid]),
      transformsOf: (viewer) => transformsOf(dialect, viewer, [transform.uid], undefined),
      lastRemoved: (viewer) => lastRemoved(dialect, viewer, "Artifact", gone.uid),
      removedSince: (viewer) => removedSince(dialect, viewer, "Artifact", { uid: gone.uid }, NOW),
    };
    const asked = new Set(Object.keys(reads).map((name) => /^\w+/.exec(name)?.[0]));
    expect([...asked].sort()).toEqual(
      readsOf(readTree("src"))
        .map(({ name }) => name)
        .sort(),
    );
    const uidsIn = (answer: unknown): string =>
      JSON.stringify(answer instanceof Map ? [...answer] : answer, (key, value) => (key === "run" ? undefined : value));
    for (const [name, read] of Object.entries(reads)) {
      const all = await f.db.read(() => read(everything));
      const seen = await f.db.read(() => read(ONLY_MAIN));
      expect(uidsIn(seen), name).not.toEqual(uidsIn(all));
      for (const { uid } of [other, run, transform, gone] satisfies Row[])
        expect(uidsIn(seen) ?? "", name).not.toContain(uid);
    }
  });
});
