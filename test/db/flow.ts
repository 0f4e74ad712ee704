/** Provenance written row by row for lineage tests: runs and data by name, with marks as a save sets them. */
import { expect } from "vitest";
import type { Row } from "../../src/db/columns.ts";
import { lineage, type LineageQuestion } from "../../src/db/lineage.ts";
import { everything } from "../../src/db/viewer.ts";
import { graphOf } from "../../src/lineage/graph/found.ts";
import { highestLink } from "../../src/db/write.ts";
import type { Graph } from "../../src/lineage/graph/graph.ts";
import { counted, type Fixture } from "./fixture.ts";

export class Flow {
  readonly fixture: Fixture;
  readonly #rows = new Map<string, Row>();

  constructor(fixture: Fixture) {
    this.fixture = fixture;
  }

  async transform(key: string): Promise<Row> {
    return this.#rows.get(key) ?? this.#keep(key, await this.fixture.add("Transform", { key, kind: "script" }));
  }

  async run(name: string, transform = "step.ts", more: object = {}): Promise<Row> {
    return this.#keep(
      name,
      await this.fixture.add("Run", { name, transform: await this.transform(transform), ...more }),
    );
  }

  /** An artifact that depends on what its run has taken so far. */
  async data(name: string, run?: string, more: object = {}): Promise<Row> {
    const maker = run === undefined ? null : this.at(run);
    const inputMark = maker ? await this.fixture.db.read(() => highestLink("Run", "inputs", maker.id)) : 0;
    return this.#keep(name, await this.fixture.add("Artifact", { key: name, run: maker, inputMark, ...more }));
  }

  async collection(name: string, run?: string): Promise<Row> {
    return this.#keep(
      name,
      await this.fixture.add("Collection", { key: name, run: run === undefined ? null : this.at(run) }),
    );
  }

  async record(name: string, run?: string, more: object = {}): Promise<Row> {
    return this.#keep(
      name,
      await this.fixture.add("Record", { name, run: run === undefined ? null : this.at(run), ...more }),
    );
  }

  /** The run takes data, one after the other. */
  async input(run: string, ...names: string[]): Promise<void> {
    for (const name of names) await this.fixture.link("Artifact", "inputOf", this.at(name), this.at(run));
  }

  /** The collection holds data, from now on. */
  async hold(collection: string, ...names: string[]): Promise<void> {
    for (const name of names) await this.fixture.link("Collection", "artifacts", this.at(collection), this.at(name));
  }

  /** The run takes a collection. */
  async take(run: string, collection: string): Promise<void> {
    await this.fixture.link("Collection", "inputOf", this.at(collection), this.at(run));
  }

  at(name: string): Row {
    const row = this.#rows.get(name);
    if (!row) throw new Error(`there is no ${name}`);
    return row;
  }

  /** What the test called the row with this uid. */
  called(uid: string): string | undefined {
    return [...this.#rows].find(([, row]) => row.uid === uid)?.[0];
  }

  #keep(name: string, row: Row): Row {
    this.#rows.set(name, row);
    return row;
  }
}

type Ask = Partial<Omit<LineageQuestion, "focus">>;

/** The lineage of a row that the test has given a name, in two statements at most, or as many as are told. */
export async function ask(
  flow: Flow,
  name: LineageQuestion["focus"]["name"],
  focus: string,
  { most = 2, ...more }: Ask & { most?: number } = {},
): Promise<Graph> {
  const { id, uid } = flow.at(focus);
  const { db } = flow.fixture;
  let statements = 0;
  const graph = graphOf(
    await db.read(() =>
      counted(
        lineage(db.dialect, everything, {
          focus: { name, id, uid },
          upstream: "all",
          downstream: "all",
          limit: 1000,
          ...more,
        }),
        (n) => {
          statements = n;
        },
      ),
    ),
  );
  expect(statements).toBeLessThanOrEqual(most);
  return graph;
}

/** Nodes by what the test called them, sorted. */
export const called = (graph: Graph): string[] =>
  graph.nodes.map((node) => (node.kind === "run" ? (node.name ?? "") : (node.label ?? ""))).sort();
/** Edges by the same names, sorted. */
export const edges = (graph: Graph): string[] => {
  const name = (id: string): string => {
    const node = graph.node(id);
    return node?.kind === "run" ? (node.name ?? "") : (node?.label ?? "");
  };
  return graph.edges.map((edge) => `${name(edge.from)} -${edge.role}-> ${name(edge.to)}`).sort();
};
