import { expect, test } from "vitest";
import { lineage } from "../../src/db/lineage.ts";
import { graphOf } from "../../src/lineage/graph/found.ts";
import { byId } from "../../src/db/select.ts";
import { remove } from "../../src/db/removed.ts";
import { link } from "../../src/db/write.ts";
import { everything } from "../../src/db/viewer.ts";
import { collapse } from "../../src/lineage/graph/transform-level.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { Fixture, NOW, WRITER } from "./fixture.ts";
import { ask as asked, called, edges, Flow } from "./flow.ts";

/** Where there are members, it is asked once more for them, and once for what only the whole tells. */
const ask: typeof asked = (flow, name, focus, more) => asked(flow, name, focus, { most: 4, ...more });

forEachDatabase((database) => {
  /** raw → clean → one, two → cohort (put together by collect, out of note) → train → model */
  const start = async (): Promise<Flow> => {
    const flow = new Flow(await Fixture.open(database));
    for (const name of ["raw", "two", "note"]) await flow.data(name);
    await flow.run("clean", "clean.ts");
    await flow.input("clean", "raw");
    await flow.data("one", "clean");
    await flow.run("collect", "collect.ts");
    await flow.input("collect", "note");
    await flow.collection("cohort", "collect");
    await flow.hold("cohort", "one", "two");
    await flow.run("train", "train.ts");
    await flow.take("train", "cohort");
    await flow.data("model", "train");
    return flow;
  };
  const whole = [
    ...["clean -output-> one", "cohort -input-> train", "collect -output-> cohort", "note -input-> collect"],
    ...["one -member-> cohort", "raw -input-> clean", "train -output-> model", "two -member-> cohort"],
  ];
  const behind = (...without: string[]): string[] =>
    whole.filter((edge) => !without.some((name) => edge.startsWith(name)));

  test("upstream of a collection come its members, downstream of a member what used the collection", async () => {
    const flow = await start();
    expect(edges(await ask(flow, "Collection", "cohort"))).toEqual(whole);
    expect(edges(await ask(flow, "Artifact", "model"))).toEqual(whole);
    expect(edges(await ask(flow, "Run", "train"))).toEqual(whole);
    expect(edges(await ask(flow, "Artifact", "raw"))).toEqual(behind("collect", "note", "two"));
    expect(edges(await ask(flow, "Artifact", "two"))).toEqual(behind("collect", "note", "raw", "clean", "one"));
    expect(called(await ask(flow, "Run", "clean"))).toEqual(["clean", "cohort", "model", "one", "raw", "train"]);
  });

  test("a member is one hop; hops and limits are exact", async () => {
    const flow = await start();
    expect(called(await ask(flow, "Artifact", "model", { upstream: 1 }))).toEqual(["cohort", "model", "train"]);
    expect(called(await ask(flow, "Artifact", "model", { upstream: 2 }))).toEqual([
      "cohort",
      "collect",
      "model",
      "note",
      "one",
      "train",
      "two",
    ]);
    expect(called(await ask(flow, "Artifact", "raw", { downstream: 2 }))).toEqual(["clean", "cohort", "one", "raw"]);
    expect(called(await ask(flow, "Collection", "cohort", { upstream: 1, downstream: 0 }))).toEqual([
      "cohort",
      "collect",
      "note",
      "one",
      "two",
    ]);
    const cut = await ask(flow, "Collection", "cohort", { limit: 4 });
    expect(cut.nodes).toHaveLength(4);
    expect(cut.truncated).toMatchObject({ upstream: true, limit: 4 });
    await flow.hold(
      "cohort",
      ...(await Promise.all(Array.from({ length: 30 }, (_, i) => flow.data(`plate ${i}`)))).map(({ key }) =>
        String(key),
      ),
    );
    expect((await ask(flow, "Artifact", "model", { limit: 20 })).truncated).toMatchObject({
      upstream: true,
      more: expect.arrayContaining([`collection:${flow.at("cohort").uid}`]),
    });
  });

  test("as of a time before it was a member", async () => {
    const flow = await start();
    const { db } = flow.fixture;
    await flow.data("late");
    const later = new Date(NOW.getTime() + 1000);
    await db.write(() =>
      link(db.dialect, { ...WRITER, now: later }, "Collection", "artifacts", flow.at("cohort").id, [
        flow.at("late").id,
      ]),
    );
    expect(called(await ask(flow, "Artifact", "model"))).toContain("late");
    for (const [name, focus] of [
      ["Artifact", "model"],
      ["Collection", "cohort"],
    ] as const)
      expect(edges(await ask(flow, name, focus, { asOf: NOW }))).toEqual(whole);
    expect(called(await ask(flow, "Artifact", "late", { asOf: NOW }))).toEqual(["late"]);
  });

  test("transforms follow on those that made the members of what they took", async () => {
    const flow = await start();
    const code = ["clean.ts -predecessor-> train.ts", "collect.ts -predecessor-> train.ts"];
    expect(edges(await ask(flow, "Transform", "train.ts"))).toEqual(code);
    expect(edges(await ask(flow, "Transform", "clean.ts"))).toEqual(code.slice(0, 1));
    expect(edges(collapse(await ask(flow, "Artifact", "model"), "transform"))).toEqual(code);
  });

  test("a member or collection that was deleted for good leaves no hole", async () => {
    const questions = [
      ["Artifact", "raw"],
      ["Artifact", "model"],
      ["Collection", "cohort"],
      ["Artifact", "one"],
      ["Run", "train"],
    ] as const;
    for (const [name, gone] of [
      ["Artifact", "one"],
      ["Collection", "cohort"],
      ["Artifact", "two"],
    ] as const) {
      const flow = await start();
      const { db } = flow.fixture;
      const drawn = async (focus: (typeof questions)[number], asOf?: Date): Promise<string[]> => {
        const { id, uid } = flow.at(focus[1]);
        return edges(
          graphOf(
            await db.read(() =>
              lineage(db.dialect, everything, {
                focus: { name: focus[0], id, uid },
                upstream: "all",
                downstream: "all",
                limit: 1000,
                ...(asOf ? { asOf } : {}),
              }),
            ),
          ),
        );
      };
      const before = await Promise.all(questions.map((question) => drawn(question)));
      await db.write(function* () {
        const row = yield* byId(db.dialect, everything, name, flow.at(gone).id);
        if (row) yield* remove(db.dialect, WRITER, name, row);
      });
      for (const [i, question] of questions.entries()) {
        if (question[1] === gone) continue;
        expect(await drawn(question)).toEqual(before[i]);
        expect(await drawn(question, NOW)).toEqual(before[i]);
      }
    }
  });

  test("what came of a collection and was added to it afterwards is no source of it", async () => {
    const flow = await start();
    await flow.hold("cohort", "model");
    for (const hops of ["all", 1, 2] as const) {
      for (const [name, focus] of [
        ["Artifact", "model"],
        ["Collection", "cohort"],
        ["Artifact", "two"],
      ] as const) {
        const graph = await ask(flow, name, focus, { upstream: hops, downstream: hops, siblings: true });
        expect(edges(graph)).not.toContain("model -member-> cohort");
      }
    }
    // Two collections that each hold what came of the other: neither is a source of the other.
    await flow.collection("second");
    await flow.run("next", "next.ts");
    await flow.take("next", "second");
    await flow.data("result", "next");
    await flow.hold("cohort", "result");
    expect(edges(await ask(flow, "Artifact", "model"))).toContain("result -member-> cohort");
    await flow.hold("second", "model");
    const graph = await ask(flow, "Artifact", "model");
    expect(edges(graph).filter((edge) => edge.includes("member"))).toEqual([
      "one -member-> cohort",
      "two -member-> cohort",
    ]);
  });
});
