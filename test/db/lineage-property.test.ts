import fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph } from "../../src/lineage/graph.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { Fixture } from "./fixture.ts";
import { ask, called, Flow } from "./flow.ts";

forEachDatabase((database) => {
  test("any history: the graph is what the artifacts depend on, and has no cycle among them", async () => {
    const fixture = await Fixture.open(database);
    const event = fc.record({ run: fc.nat(3), what: fc.constantFrom("take", "take", "save"), pick: fc.nat() });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 4, maxLength: 16 }), fc.nat(), fc.integer({ min: 1, max: 3 }), async (events, at, hops) => {
        round++;
        const flow = new Flow(fixture);
        const names: string[] = [`${round}-raw`];
        await flow.data(names[0] as string);
        for (let r = 0; r < 4; r++) await flow.run(`${round}-r${r}`, `${round}.ts`);
        const taken = new Map<number, string[]>();
        const needs = new Map<string, Set<string>>();
        for (const { run, what, pick } of events) {
          const inputs = taken.get(run) ?? [];
          taken.set(run, inputs);
          if (what === "take") {
            const name = names[pick % names.length] as string;
            if (!inputs.includes(name)) inputs.push(name);
            await flow.input(`${round}-r${run}`, name);
          } else {
            const name = `${round}-d${names.length}`;
            needs.set(name, new Set(inputs));
            await flow.data(name, `${round}-r${run}`);
            names.push(name);
          }
        }
        const focus = names[at % names.length] as string;
        const walk = (next: (name: string) => Iterable<string>, steps: number): string[] => {
          const found = new Set<string>([focus]);
          let level = [focus];
          for (let i = 0; i < steps && level.length > 0; i++) {
            level = [...new Set(level.flatMap((name) => [...next(name)]))].filter((name) => !found.has(name));
            for (const name of level) found.add(name);
          }
          return [...found].filter((name) => name !== focus).sort();
        };
        const walkFrom = (from: string, next: (name: string) => Iterable<string>): string[] => {
          const found = new Set<string>();
          for (const queue = [...next(from)]; queue.length > 0; ) {
            const name = queue.pop() as string;
            if (!found.has(name)) queue.push(...next(name));
            found.add(name);
          }
          return [...found];
        };
        const before = (name: string): Iterable<string> => needs.get(name) ?? [];
        const after = (name: string): string[] => names.filter((other) => needs.get(other)?.has(name));
        const data = (graph: Graph): string[] => called(graph).filter((name) => names.includes(name) && name !== focus);
        for (const steps of [hops, "all"] as const) {
          const n = steps === "all" ? Number.POSITIVE_INFINITY : steps;
          const [up, down] = [walk(before, n), walk(after, n)];
          expect(data(await ask(flow, "Artifact", focus, { upstream: steps, downstream: 0 }))).toEqual(up);
          expect(data(await ask(flow, "Artifact", focus, { upstream: 0, downstream: steps }))).toEqual(down);
          expect(up.filter((name) => down.includes(name))).toEqual([]);
          const whole = await ask(flow, "Artifact", focus, { upstream: steps, downstream: steps });
          expect(data(whole)).toEqual([...up, ...down].sort());
          // Asked of any other node in it, the graph claims no more than is so.
          const beside = await ask(flow, "Artifact", focus, { upstream: steps, downstream: steps, siblings: true });
          for (const graph of [whole, beside]) {
            const label = (node: { label: string }): string => node.label;
            for (const node of graph.nodes.filter(({ kind }) => kind === "artifact")) {
              const claimed = graph.upstream(node).filter(({ kind }) => kind === "artifact").map(label);
              const ancestors = new Set(walkFrom(node.label, before));
              expect(claimed.filter((name) => !ancestors.has(name))).toEqual([]);
              expect(claimed).not.toContain(node.label);
            }
          }
          const cut = await ask(flow, "Artifact", focus, { upstream: steps, downstream: steps, limit: 3 });
          expect(cut.nodes.length).toBeLessThanOrEqual(3);
          if (whole.nodes.length <= 3) expect(called(cut)).toEqual(called(whole));
          expect(cut.truncated !== false).toBe(whole.nodes.length > 3);
        }
      }),
      { numRuns: 25 },
    );
  });
});
