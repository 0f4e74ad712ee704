/** Inputs of runs: what links them, what never does, and lineage without circles whatever is done. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Artifact, Run } from "../../src/index.ts";
import { settings } from "../../src/index.ts";
import { keepText } from "../../src/registries/runs/runs.ts";
import { Lab, refused } from "../registries/lab.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { program, result, sqlite } from "./program.ts";

let lab: Lab;
let count = 0;
const save = (key = `input${++count}.json`): Promise<Artifact> => lab.ln.Artifact.save({ key, n: ++count }, { key });
const inputs = async (run: Run): Promise<(string | null)[]> => (await run.inputs).map((a) => a.key).sort();

forEachDatabase((database) => {
  beforeAll(async () => {
    lab = await Lab.open(database);
  });
  afterAll(() => lab.close());

  test("cache, load and open link, once, and after success; looking does not", async () => {
    const [a, b, c, d] = [
      await save("a.json"),
      await save("b.json"),
      await lab.ln.Artifact.save([{ x: 1 }], { key: "c.csv" }),
      await save("d.json"),
    ];
    const broken = await lab.ln.Artifact.save(Buffer.from("{ not json"), { key: "broken.json" });
    const { run, within } = await lab.run();
    await within(async () => {
      const [found] = await lab.ln.Artifact.filter({ key: "d.json" });
      await lab.ln.Artifact.search("d");
      await (found as Artifact).describe();
      expect([d.path.length > 0, String(found).length > 0]).toEqual([true, true]);
      await d.versions;
      await d.lineage();
      expect(await inputs(run)).toEqual([]);
      await expect(broken.load()).rejects.toThrow();
      expect(await inputs(run)).toEqual([]);
      await a.cache();
      await a.load();
      await a.load({ isRunInput: true });
      await b.load();
      await (await c.open()).close();
    });
    expect(await inputs(run)).toEqual(["a.json", "b.json", "c.csv"]);
    expect((await a.inputOf).map((r) => r.uid)).toEqual([run.uid]);
  });

  test("false, true, another run, and the setting", async () => {
    const [a, b, c, d] = [await save(), await save(), await save(), await save()];
    const [here, other] = [await lab.run(), await lab.run()];
    await here.within(async () => {
      await a.load({ isRunInput: false });
      await b.load({ isRunInput: other.run });
      settings.trackRunInputs = false;
      try {
        await c.load();
        await d.load({ isRunInput: true });
      } finally {
        settings.trackRunInputs = true;
      }
    });
    expect([await inputs(here.run), await inputs(other.run)]).toEqual([[d.key], [b.key]]);
    await refused(a.load({ isRunInput: true }), "invalid");
    await refused(a.load({ isRunInput: b } as never), "invalid");
    await refused(a.load({ isRunInput: "yes" } as never), "invalid");
    await a.load();
    expect((await a.inputOf).length).toBe(0);
  });

  test("own and re-created outputs, reports and environments are no inputs", async () => {
    const before = await save("again.json");
    const content = await before.load<object>();
    const nameless = await lab.ln.Artifact.save({ mine: true }, { key: "mine.json", run: false });
    const maker = await lab.run();
    const made = await maker.within(() => save("made.json"));
    const { run, within } = await lab.run();
    await within(async () => {
      const own = await save("own.json");
      await own.load();
      await own.cache({ isRunInput: true });
      await lab.ln.Artifact.save(await made.load<object>({ isRunInput: false }), { key: "made.json" });
      await made.load();
      // Saved again it becomes this run's: the snapshot from before does not know yet.
      await lab.ln.Artifact.save({ mine: true }, { key: "mine.json" });
      await nameless.load();
      await lab.ln.Artifact.save(content, { key: "again.json" });
      await before.load({ isRunInput: run });
      const kept = await keepText(lab.connection, "log", ".txt", "log of a run");
      await (await lab.ln.Artifact.get(kept.uid)).load();
    });
    expect(await inputs(run)).toEqual([]);
    expect([(await made.recreatingRuns).map((r) => r.uid), (await made.run)?.uid]).toEqual([[run.uid], maker.run.uid]);
    expect((await run.outputs).map((a) => a.key).sort()).toEqual(["again.json", "mine.json", "own.json"]);
  });

  test("an input saved again stays an input; the maker's transform precedes", async () => {
    const maker = await lab.run();
    const made = await maker.within(() => save());
    const user = await lab.run();
    await user.within(async () => {
      await lab.ln.Artifact.save(await made.load<object>(), { key: made.key as string });
      await save();
      await (await maker.within(() => save())).load();
    });
    expect(await inputs(user.run)).toHaveLength(2);
    expect((await made.recreatingRuns).length).toBe(0);
    expect((await user.transform.predecessors).map((t) => t.uid)).toEqual([maker.transform.uid]);
    expect((await maker.transform.successors).map((t) => t.uid)).toEqual([user.transform.uid]);
    const twice = await lab.runOf(user.transform);
    await twice.within(() => made.load());
    const self = await user.within(() => save());
    await twice.within(() => self.load());
    expect((await user.transform.predecessors).map((t) => t.uid)).toEqual([maker.transform.uid]);
  });
});

describe("in a program", () => {
  test("what it reads before track() and after finish() is linked to nothing", async () => {
    await using own = await Lab.open(sqlite);
    const finished = await program(
      own,
      "reader.ts",
      `ln.settings.verbosity = "hint";
const a = await ln.Artifact.save({ a: 1 }, { key: "a.json" });
const b = await ln.Artifact.save({ b: 1 }, { key: "b.json" });
await a.load();
const run = await ln.track();
await b.load();
await ln.finish();
await a.load();
console.log("RESULT", JSON.stringify((await run.inputs).map((i) => i.key)));
`,
    );
    expect(result(finished)).toEqual(["b.json"]);
    expect(finished.stdout.match(/• no run is tracked, so this input is linked to none/g)).toHaveLength(2);
  });

  test("seed 0-47: what precedes a transform is told when it is tracked again: one in a line, several in a list", async () => {
    await using own = await Lab.open(sqlite);
    const make = (name: string) =>
      program(
        own,
        `${name}.ts`,
        `await ln.track();\nawait ln.Artifact.save({ ${name}: 1 }, { key: "${name}.json" });\n`,
      );
    const use = (...names: string[]) =>
      program(
        own,
        "use.ts",
        `await ln.track();\nfor (const name of (process.env.NAMES ?? "").split(" ")) await (await ln.Artifact.get({ key: name + ".json" })).load();\n`,
        { env: { LINEAL_VERBOSITY: "info", NAMES: names.join(" ") } },
      );
    await make("one");
    await make("two");
    const told = async (...names: string[]): Promise<string[]> =>
      (await use(...names)).stdout
        .split("\n")
        .filter((line) => /predecessor|^• {3}- /.test(line))
        .map((line) => line.replaceAll(/'\w{8}'/g, "'UID'"));
    expect(await told("one")).toEqual([]);
    expect(await told("one", "two")).toEqual(["• predecessor: Transform('UID', key='one.ts')"]);
    expect(await told("one")).toEqual([
      "• predecessors:",
      "•   - Transform('UID', key='one.ts')",
      "•   - Transform('UID', key='two.ts')",
    ]);
  });
});

/** What is done: by which run, to which artifact. */
type Step = { do: "save" | "saveAgain" | "saveNone" | "newVersion" | "load"; run: number; of: number };
interface Known {
  artifact: Artifact;
  content: object;
  key: string;
  run: number | null;
  /** Artifacts it really depends on. */
  from: Set<string>;
  firstRead: number;
}

describe("whatever runs do", () => {
  beforeAll(async () => {
    lab = await Lab.open(sqlite);
  });
  afterAll(() => lab.close());

  test("an artifact never comes from itself, and comes from what its run had read before", async () => {
    const step = fc.record({
      do: fc.constantFrom(
        "save",
        "saveAgain",
        "saveAgain",
        "saveNone",
        "newVersion",
        "load",
        "load",
        "load",
      ) as fc.Arbitrary<Step["do"]>,
      run: fc.nat(2),
      of: fc.nat(5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (steps) => {
        const runs = await Promise.all([0, 1, 2].map(() => lab.run()));
        const known = new Map<string, Known>();
        // What each run has read, and as the number of which reading of all.
        const read = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
        let readings = 0;
        const recreated = [new Set<string>(), new Set<string>(), new Set<string>()];
        for (const { do: what, run: r, of } of steps) {
          const all = [...known.values()];
          const target = all[of % Math.max(1, all.length)];
          const within = runs[r]?.within as (typeof runs)[0]["within"];
          const add = async (key: string, run: number | null): Promise<void> => {
            const content = { n: ++count };
            const artifact = await within(() =>
              lab.ln.Artifact.save(content, { key, ...(run === null ? { run: false } : {}) }),
            );
            known.set(artifact.uid, {
              artifact,
              content,
              key,
              run,
              from: new Set(run === null ? [] : read[run]?.keys()),
              firstRead: Number.POSITIVE_INFINITY,
            });
          };
          if (what === "save") await add(`p${++count}.json`, r);
          else if (what === "saveNone") await add(`p${++count}.json`, null);
          else if (!target) continue;
          else if (what === "newVersion") await add(target.key, r);
          else if (what === "load") {
            const { uid } = target.artifact;
            await within(() => target.artifact.load());
            if (target.run !== r && !recreated[r]?.has(uid)) {
              if (!read[r]?.has(uid)) read[r]?.set(uid, ++readings);
              target.firstRead = Math.min(target.firstRead, readings);
            }
          } else {
            await within(() => lab.ln.Artifact.save(target.content, { key: target.key }));
            if (target.run === null) {
              target.run = r;
              // Somebody may have read it already: it depends on nothing that was read since.
              target.from = new Set([...(read[r] ?? [])].filter(([, at]) => at < target.firstRead).map(([uid]) => uid));
            } else if (target.run !== r && !read[r]?.has(target.artifact.uid)) recreated[r]?.add(target.artifact.uid);
          }
        }
        const above = (uid: string, seen = new Set<string>()): Set<string> => {
          for (const from of known.get(uid)?.from ?? []) {
            if (seen.has(from)) continue;
            seen.add(from);
            above(from, seen);
          }
          return seen;
        };
        for (const [uid, { artifact, run, firstRead }] of known) {
          const graph = await artifact.lineage({ upstream: "all", downstream: 0 });
          const found = graph.nodes
            .filter((node) => node.kind === "artifact" && node.id !== `artifact:${uid}`)
            .map((node) => node.id.slice("artifact:".length));
          const expected = above(uid);
          expect(expected.has(uid)).toBe(false);
          expect(new Set(found)).toEqual(expected);
          expect((await artifact.inputOf).length > 0).toBe(Number.isFinite(firstRead));
          expect(
            ((await (await lab.ln.Artifact.get(uid)).run)?.uid ?? null) === (run === null ? null : runs[run]?.run.uid),
          ).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
