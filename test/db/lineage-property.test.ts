import fc from "fast-check";
import { expect, test } from "vitest";
import type { Graph } from "../../src/lineage/graph/graph.ts";
import { forEachDatabase } from "../support/dialects.ts";
import { Fixture } from "./fixture.ts";
import { ask, called, Flow } from "./flow.ts";

forEachDatabase((database) => {
  test("any history: the graph is what the artifacts depend on, and has no cycle among them", {
    timeout: 240_000,
  }, async () => {
    const fixture = await Fixture.open(database);
    const event = fc.record({
      run: fc.nat(3),
      what: fc.constantFrom("take", "take", "save", "save", "hold", "hold", "use"),
      pick: fc.nat(),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 4, maxLength: 24 }),
        fc.nat(),
        fc.integer({ min: 1, max: 3 }),
        async (events, at, hops) => {
          round++;
          const flow = new Flow(fixture);
          const names: string[] = [`${round}-raw`];
          await flow.data(names[0] as string);
          for (let r = 0; r < 4; r++) await flow.run(`${round}-r${r}`, `${round}.ts`);
          const collections = [`${round}-c0`, `${round}-c1`];
          for (const name of collections) await flow.collection(name);
          const held = new Map(collections.map((name) => [name, new Set<string>()]));
          const used = new Map<number, Set<string>>();
          const makers = new Map<string, number>();
          const taken = new Map<number, string[]>();
          const needs = new Map<string, Set<string>>();
          for (const { run, what, pick } of events) {
            const inputs = taken.get(run) ?? [];
            taken.set(run, inputs);
            if (what === "take") {
              const name = names[pick % names.length] as string;
              if (!inputs.includes(name)) inputs.push(name);
              await flow.input(`${round}-r${run}`, name);
            } else if (what === "hold" || what === "use") {
              const collection = collections[pick % 2] as string;
              if (what === "hold") {
                const name = names[(pick >> 1) % names.length] as string;
                if (!held.get(collection)?.has(name)) await flow.hold(collection, name);
                held.get(collection)?.add(name);
              } else {
                const all = used.get(run) ?? new Set<string>();
                if (!all.has(collection)) await flow.take(`${round}-r${run}`, collection);
                used.set(run, all.add(collection));
              }
            } else {
              const name = `${round}-d${names.length}`;
              needs.set(name, new Set(inputs));
              makers.set(name, run);
              await flow.data(name, `${round}-r${run}`);
              names.push(name);
            }
          }
          const all = [...names, ...collections];
          const focus = all[at % all.length] as string;
          const kind = collections.includes(focus) ? "Collection" : "Artifact";
          // Whatever a run makes depends on all collections that it takes; on a collection's members what came of it does not.
          for (const [name, run] of makers)
            for (const collection of used.get(run) ?? []) needs.get(name)?.add(collection);
          for (const [collection, members] of held) needs.set(collection, new Set(members));
          const whole = new Map([...needs].map(([name, sources]) => [name, [...sources]] as const));
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
          for (const [collection, members] of held)
            needs.set(
              collection,
              new Set(
                [...members].filter(
                  (member) => !walkFrom(member, (name) => whole.get(name) ?? []).includes(collection),
                ),
              ),
            );
          const before = (name: string): Iterable<string> => needs.get(name) ?? [];
          const after = (name: string): string[] => all.filter((other) => needs.get(other)?.has(name));
          const data = (graph: Graph): string[] => called(graph).filter((name) => all.includes(name) && name !== focus);
          for (const steps of [hops, "all"] as const) {
            const n = steps === "all" ? Number.POSITIVE_INFINITY : steps;
            const [up, down] = [walk(before, n), walk(after, n)];
            const most = steps === "all" ? 3 : 4;
            expect(data(await ask(flow, kind, focus, { most, upstream: steps, downstream: 0 }))).toEqual(up);
            expect(data(await ask(flow, kind, focus, { most, upstream: 0, downstream: steps }))).toEqual(down);
            expect(up.filter((name) => down.includes(name))).toEqual([]);
            const whole = await ask(flow, kind, focus, { most, upstream: steps, downstream: steps });
            expect(data(whole)).toEqual([...up, ...down].sort());
            // Asked of any other node in it, the graph claims no more than is so.
            const beside = await ask(flow, kind, focus, { most, upstream: steps, downstream: steps, siblings: true });
            for (const graph of [whole, beside]) {
              const label = (node: { label: string }): string => node.label;
              for (const node of graph.nodes.filter(({ kind }) => kind !== "run")) {
                const claimed = graph
                  .upstream(node)
                  .filter(({ kind }) => kind !== "run")
                  .map(label);
                const ancestors = new Set(walkFrom(node.label, before));
                expect(claimed.filter((name) => !ancestors.has(name))).toEqual([]);
                expect(claimed).not.toContain(node.label);
              }
            }
            const cut = await ask(flow, kind, focus, { most, upstream: steps, downstream: steps, limit: 3 });
            expect(cut.nodes.length).toBeLessThanOrEqual(3);
            if (whole.nodes.length <= 3) expect(called(cut)).toEqual(called(whole));
            expect(cut.truncated !== false).toBe(whole.nodes.length > 3);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
