/** The tree for a terminal, against trees that people have looked at, and against hostile labels. */
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collapse } from "../../../src/lineage/graph/transform-level.ts";
import { Graph } from "../../../src/lineage/graph/graph.ts";
import { select } from "../../../src/lineage/graph/select.ts";
import { displayWidth, escapeControls, truncate } from "../../../src/ground/width.ts";
import { anyGraph, label, sessions } from "../arbitrary.ts";
import { told } from "../read-tree.ts";
import {
  artifact,
  chain,
  cohort,
  edges,
  fan,
  graph,
  ladder,
  oddities,
  projectFlow,
  run,
  singleFile,
  transform,
} from "../sample.ts";

const around = (g: Graph, focus: string) => new Graph({ ...g.toJSON(), focus });

test.each<[string, () => string]>([
  ["single-file", () => String(singleFile())],
  ["chain", () => String(chain())],
  ["project-flow", () => String(projectFlow())],
  ["project-flow-60-columns", () => projectFlow().tree({ width: 60 })],
  ["project-flow-from-sequencer", () => String(projectFlow("run:seqRunAAAAAAAAAA"))],
  ["project-flow-color", () => projectFlow().tree({ color: true })],
  ["oddities", () => String(oddities())],
  ["flow-run", () => String(around(oddities(), "run:flowRunAAAAAAAAA"))],
  ["recreating-run", () => String(around(oddities(), "run:againRunAAAAAAAA"))],
  ["step-run", () => String(around(oddities(), "run:stepRunAAAAAAAAA"))],
  ["cohort", () => String(cohort())],
  ["cohort-from-member", () => String(cohort("artifact:s1"))],
  ["cohort-from-model", () => String(cohort("artifact:model"))],
  ["cohort-transforms", () => String(collapse(cohort(), "transform"))],
  ["fan", () => String(fan(10_000))],
  ["ladder", () => ladder(12).tree()],
  ["deep", () => ladder(1000).tree({ rows: 40 })],
  [
    "transforms",
    () =>
      String(
        graph(
          transform("cccc", "figure.ts"),
          ["a", "b", "d"].map((name) => transform(name, `${name}.ts`)),
          edges("t:a > t:b", "t:b > t:cccc", "t:a > t:cccc", "t:cccc > t:d", "t:cccc > t:cccc"),
        ),
      ),
  ],
])("%s", async (name, draw) => {
  await expect(`${draw()}\n`).toMatchFileSnapshot(`../../golden/lineage/${name}.txt`);
});

describe("any graph", () => {
  test("no line is wider than asked, and nothing steers the terminal", () => {
    fc.assert(
      fc.property(anyGraph, fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 5 }), (g, width, few) => {
        const text = g.tree({ width, fan: few });
        for (const line of text.split("\n")) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        }
        expect(stripVTControlCharacters(g.tree({ width, fan: few, color: true }))).toBe(text);
      }),
      { numRuns: 150 },
    );
  });

  const bracketed = (g: Graph) =>
    new Graph({ ...g.toJSON(), nodes: g.nodes.map((node) => ({ ...node, label: `<${node.uid}>` })) });
  const wide = { width: 2000, fan: 100, rows: 10_000 };

  test("every node up- or downstream is drawn, and each run opened once where nothing tells its outputs apart", () => {
    fc.assert(
      fc.property(sessions, (g) => {
        const named = bracketed(g);
        const text = named.tree(wide);
        for (const node of [...named.upstream(g.focus), ...named.downstream(g.focus)])
          expect(text).toContain(node.label);
        for (const half of text.split("\n\n").slice(0, 1)) {
          for (const r of named.nodes.filter((node) => node.kind === "run")) {
            const opened = half
              .split("\n")
              .filter((line) => line.includes(`← ${r.label}`) && !line.includes("↑ above"));
            const isLong = g.edges.some(({ from, to, order }) => order !== undefined && (from === r.id || to === r.id));
            if (named.parents(r).length > 0 && !isLong) expect(opened.length).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("whatever is said to have come of something depends on it, also where a run took more after it had made something", () => {
    let said = 0;
    fc.assert(
      fc.property(sessions, (g) => {
        const of = (uid: string) => g.node(uid)?.id;
        const leads = (source: string, result: string) =>
          g.edges.some(
            (input) =>
              input.from === of(source) &&
              (input.role === "member"
                ? input.to === of(result)
                : input.role === "input" &&
                  g.edges.some(
                    ({ from, to, role, order = Number.POSITIVE_INFINITY }) =>
                      role === "output" && from === input.to && to === of(result) && (input.order ?? 0) <= order,
                  )),
          );
        for (const { source, result } of told(bracketed(g).tree(wide), g.node(g.focus)?.uid ?? "")) {
          said++;
          expect(leads(source, result), `${source} → ${result}`).toBe(true);
          if (source !== result) expect(g.upstream(result).map(({ uid }) => uid)).toContain(source);
        }
      }),
      { numRuns: 500 },
    );
    expect(said).toBeGreaterThan(1000);
  });
});

describe("what lies beside", () => {
  const plates = Array.from({ length: 50 }, (_, i) => artifact(`p${i}`, { key: `plates/plate_${i}.parquet` }));
  const split = () =>
    graph(
      artifact("f", { key: "final.csv" }),
      [run("merge", "merge.ts"), run("split", "split.ts"), artifact("raw", { key: "raw.csv" }), ...plates],
      edges("a:raw > r:split", ...plates.map((p) => `r:split > a:${p.uid}`), "a:p7 > r:merge", "r:merge > a:f"),
    );

  test("other outputs of runs further up, as many as fit, and how many more", () => {
    const beside = (width: number) =>
      split()
        .tree({ width })
        .split("\n")
        .filter((line) => line.includes("also made"));
    expect(beside(80)).toEqual(["   │ also made plates/plate_0.parquet, plates/plate_1.parquet, … 47 more"]);
    expect(beside(60)).toEqual(["   │ also made plates/plate_0.parquet, … 48 more"]);
    expect(beside(40)).toEqual([expect.stringMatching(/^ {3}│ also made pla.*….*uet, … 48 more$/)]);
    for (const width of [80, 60, 40]) expect(displayWidth(beside(width)[0] ?? "")).toBeLessThanOrEqual(width);
    expect(beside(100_000)[0]).toMatch(/plate_48\.parquet, plates\/plate_49\.parquet$/);
    expect(beside(100_000)[0]).not.toContain("plate_7.");
  });

  test("versions of one key are told apart", () => {
    const model = (version: string) => artifact(`model${version}`, { key: "model.json", version, isLatest: false });
    const g = graph(
      artifact("f", { key: "f.csv" }),
      [
        run("fit", "fit.ts"),
        run("use", "use.ts"),
        artifact("in", { key: "in.csv" }),
        ...["0000", "0001", "0002"].map(model),
        artifact("log", { key: "fit.log", version: "0000" }),
      ],
      edges(
        "a:in > r:fit",
        "r:fit > a:model0000",
        "r:fit > a:model0001",
        "r:fit > a:model0002",
        "r:fit > a:log",
        "a:model0001 > r:use",
        "r:use > a:f",
      ),
    );
    expect(g.tree()).toContain("│ also made fit.log, model.json version 0000, model.json version 0002\n");
    expect(g.tree()).toContain("└─ model.json  version 0001, older version\n");
  });

  test("the run that started another made what that one used, and is not said to have made it besides", () => {
    const g = graph(
      run("step", "step.ts"),
      [run("flow", "flow.ts"), artifact("a", { key: "a.txt" })],
      edges("r:flow > a:a", "r:flow > r:step initiated", "a:a > r:step"),
    );
    expect(g.tree().split("\n").slice(1)).toEqual([
      "│ ⤷ started by flow.ts  run flow  testuser1, 2024-12-20 15:09 UTC",
      "└─ a.txt",
      "   ← flow.ts  run flow  testuser1, 2024-12-20 15:09 UTC",
    ]);
  });

  test("who started a run is told downstream too, but not right below it", () => {
    const g = graph(
      artifact("raw", { key: "raw.csv" }),
      [run("flow", "flow.ts"), run("step", "step.ts"), artifact("o", { key: "o.csv" })],
      edges("a:raw > r:step", "r:step > a:o", "r:flow > r:step initiated"),
    );
    expect(g.tree().split("\n").slice(2)).toEqual([
      "used by 1 run",
      "→ step.ts  run step  testuser1, 2024-12-20 15:09 UTC",
      "│ ⤷ started by flow.ts  run flow  testuser1, 2024-12-20 15:09 UTC",
      "└─ o.csv",
    ]);
    expect(around(g, "run:flow").tree()).not.toContain("⤷");
  });

  test("of transforms, only what the one above started is said to be started", () => {
    const steps = ["flow", "a", "b", "c"].map((name) => transform(name, `${name}.ts`));
    const g = graph(
      transform("top", "top.ts"),
      steps,
      edges("t:top > t:flow initiated", "t:flow > t:a initiated", "t:flow > t:b initiated", "t:a > t:b", "t:b > t:c"),
    );
    const lines = (focus: string) =>
      around(g, `transform:${focus}`)
        .tree()
        .replaceAll(/ {2}script.*$/gm, "")
        .split("\n");
    expect(lines("flow")).toEqual([
      "● flow.ts",
      "  ⤷ started by top.ts",
      "",
      "followed by 2 transforms",
      "├─ started a.ts",
      "│  └─ b.ts",
      "│     │ ⤷ started by flow.ts",
      "│     └─ c.ts",
      "└─ started b.ts",
    ]);
    expect(lines("c")).toEqual([
      "● c.ts",
      "└─ b.ts",
      "   │ ⤷ started by flow.ts",
      "   └─ a.ts",
      "        ⤷ started by flow.ts",
    ]);
  });

  test("what made it again is told downstream too, once, and only below what it made", () => {
    const g = graph(
      artifact("raw", { key: "raw.csv" }),
      [
        run("step", "step.ts"),
        run("again", "again.ts"),
        run("later", "later.ts"),
        ...["a", "b", "c"].map((name) => artifact(name, { key: `${name}.csv` })),
      ],
      edges(
        "r:again > a:raw recreated",
        "a:raw > r:step",
        ...["a", "b", "c"].map((name) => `r:step > a:${name}`),
        "r:again > a:b recreated",
        "a:a > r:later",
        "r:later > a:c recreated",
      ),
    );
    expect(
      g
        .tree()
        .replaceAll(/ {2}run .*$/gm, "")
        .split("\n"),
    ).toEqual([
      "● raw.csv  uid raw",
      "↻ also made by again.ts",
      "",
      "used by 1 run",
      "→ step.ts",
      "├─ a.csv",
      "│  → later.ts",
      "│  └─ c.csv  re-created",
      "├─ b.csv",
      "│  ↻ also made by again.ts",
      "└─ c.csv",
    ]);
  });

  test("what the focus came of is not told to have come of it, where a run made it again", () => {
    const g = graph(
      artifact("a", { key: "a.csv" }),
      [
        run("parent", "parent.ts"),
        run("child", "child.ts"),
        run("second", "parent.ts"),
        artifact("b", { key: "b.csv" }),
        artifact("c", { key: "c.csv" }),
      ],
      edges(
        "r:parent > a:a",
        "a:a > r:child",
        "r:child > a:b",
        "a:b > r:second",
        "r:second > a:a recreated",
        "r:second > a:c recreated",
      ),
    );
    expect(
      g
        .tree()
        .replaceAll(/ {2}run .*$/gm, "")
        .split("\n")
        .slice(-5),
    ).toEqual(["used by 1 run", "→ child.ts", "└─ b.csv", "   → parent.ts", "   └─ c.csv  re-created"]);
    expect(around(g, "artifact:b").tree().split("\n").slice(-2).join()).not.toContain("a.csv");
  });

  test("what else a run made is told to be deleted", () => {
    const g = graph(
      artifact("a", { key: "a.csv" }),
      [run("r", "r.ts"), artifact("b", { key: "b.csv", deleted: true })],
      edges("r:r > a:a", "r:r > a:b"),
    );
    expect(g.tree()).toContain("also made b.csv (deleted)");
  });

  test("what a run started is folded", () => {
    const steps = Array.from({ length: 40 }, (_, i) => run(`s${i}`, "step.ts"));
    const text = graph(
      run("flow", "flow.ts"),
      steps,
      edges(...steps.map((s) => `r:flow > r:${s.uid} initiated`)),
    ).tree();
    expect(text).toContain("started 40 runs");
    expect(text.match(/─ started step\.ts/g)).toHaveLength(10);
    expect(text.split("\n").at(-1)).toBe("└─ … 30 more");
  });
});

describe("a run that took something after it had made something", () => {
  const at = (order: number, ...lines: string[]) => edges(...lines).map((edge) => ({ ...edge, order }));
  const nodes = [
    run("parent", "parent.ts"),
    run("child", "child.ts"),
    ...["a.csv", "b.json", "c.json"].map((key) => artifact(key, { key })),
  ];
  const session = (focus: string) =>
    new Graph({
      focus,
      nodes,
      edges: [
        ...at(0, "r:parent > a:a.csv"),
        ...edges("a:a.csv > r:child", "r:child > a:b.json"),
        ...at(1, "a:b.json > r:parent", "r:parent > a:c.json"),
      ],
    });
  const lines = (focus: string) =>
    session(focus)
      .tree()
      .replaceAll(/ {2}(run|uid) .*$/gm, (line) => (line.includes("↑") ? "  ↑ above" : ""))
      .split("\n");

  test("is opened once for each way in which it was met, and what it made first has no inputs", () => {
    expect(lines("artifact:b.json")).toEqual([
      "● b.json",
      "← child.ts",
      "└─ a.csv",
      "   ← parent.ts",
      "     also made c.json",
      "",
      "used by 1 run",
      "→ parent.ts",
      "└─ c.json",
    ]);
    expect(lines("artifact:c.json")).toEqual([
      "● c.json",
      "← parent.ts",
      "└─ b.json",
      "   ← child.ts",
      "   └─ a.csv",
      "      ← parent.ts",
    ]);
    expect(lines("artifact:a.csv").slice(4)).toEqual([
      "used by 1 run",
      "→ child.ts",
      "└─ b.json",
      "   → parent.ts",
      "   └─ c.json",
    ]);
    expect(lines("run:parent")).toEqual([
      "● parent.ts",
      "└─ b.json",
      "   ← child.ts",
      "   └─ a.csv",
      "      ← parent.ts",
      "",
      "made 2 outputs",
      "├─ a.csv",
      "│  → child.ts",
      "│  └─ b.json",
      "│     → parent.ts",
      "│     └─ c.json",
      "└─ c.json",
    ]);
  });

  test("data that went into one run at different times do not stand together", () => {
    const inputs = ["x", "y"].map((key) => artifact(key, { key }));
    const g = new Graph({
      focus: "run:make",
      nodes: [
        run("make", "make.ts"),
        run("long", "long.ts"),
        ...inputs,
        artifact("o", { key: "o" }),
        artifact("p", { key: "p" }),
      ],
      edges: [
        ...edges("r:make > a:x", "r:make > a:y"),
        ...at(0, "a:x > r:long", "r:long > a:o"),
        ...at(1, "a:y > r:long", "r:long > a:p"),
      ],
    });
    expect(
      g
        .tree()
        .replaceAll(/ {2}run .*$/gm, "")
        .split("\n")
        .slice(2),
    ).toEqual(["made 2 outputs", "├─ x", "│  → long.ts", "│  ├─ o", "│  └─ p", "└─ y", "   → long.ts", "   └─ p"]);
  });
});

describe("what is not there", () => {
  test("a filter that nothing fits is not said to be a file without history, a heading not to be the whole", () => {
    expect(select(projectFlow(), { status: "errored" }).tree().split("\n")[1]).toBe(
      "nothing before or after it fits what was asked for",
    );
    expect(select(around(projectFlow(), "run:seqRunAAAAAAAAAA"), { since: "2024-12-21" }).tree()).not.toContain(
      "no recorded",
    );
    expect(select(fan(5), { status: "errored" }).tree()).toContain("\nused by at least 3 runs\n");
    expect(singleFile().tree()).toContain("not made or used by any recorded run");
  });

  test("where the graph was cut, a count is a least, and the advice is never cut off", () => {
    const cut = (more: string[]) =>
      new Graph({ ...fan(2).toJSON(), truncated: { upstream: true, downstream: true, limit: 300_000, more } });
    expect(cut(["artifact:focus"]).tree()).toContain("\nused by at least 2 runs\n");
    expect(cut(["run:use1"]).tree()).toContain("\nused by 2 runs\n");
    for (const width of [120, 80, 40, 12]) {
      const said = cut([]).tree({ width }).split("\n\n").at(-1)?.replaceAll("\n", "").replaceAll(" ", "");
      expect(said).toBe("…cutat300,000nodes,moreupstreamanddownstream:askwithahigherlimit");
    }
  });

  test("a run that failed and was deleted is told as both", () => {
    const g = graph(artifact("a"), [run("r", "r.ts", { status: "errored", deleted: true })], edges("a:a > r:r"));
    expect(g.tree()).toMatch(/errored, deleted$/);
    expect(g.tree({ width: 30 })).toMatch(/errored, deleted$/);
    expect(g.to("mermaid")).toContain("errored, deleted");
    expect(g.to("dot")).toContain("errored, deleted");
  });
});

test("a deep ladder is drawn whole when asked for", () => {
  const text = ladder(1000).tree({ rows: 100_000 });
  expect(text).toMatch(/^\s*[│├└─ ]*x0$/m);
  expect(text).not.toContain("stopped");
});

test("one hidden sibling is shown instead of folded", () => {
  const inputs = (n: number) => Array.from({ length: n }, (_, i) => artifact(`i${i}`, { key: `in${i}` }));
  const merged = (n: number) =>
    graph(
      artifact("o"),
      [run("r", "r.ts"), ...inputs(n)],
      edges("r:r > a:o", ...inputs(n).map((a) => `a:${a.uid} > r:r`)),
    );
  expect(merged(4).tree({ fan: 3 })).not.toContain("more");
  expect(merged(5).tree({ fan: 3 })).toContain("└─ … 2 more");
});

test("labels are cut in the middle and keep their ends", () => {
  expect(truncate("figures/2024/matrixplot.png", 15, "middle")).toBe("figures…lot.png");
  fc.assert(
    fc.property(label, fc.nat({ max: 40 }), (text, width) => {
      const safe = escapeControls(text);
      const cut = truncate(safe, width, "middle");
      expect(displayWidth(cut)).toBeLessThanOrEqual(width);
      if (displayWidth(safe) <= width) expect(cut).toBe(safe);
    }),
  );
  expect(displayWidth("数据.csv")).toBe(8);
  expect(displayWidth("e\u0301")).toBe(1);
});
