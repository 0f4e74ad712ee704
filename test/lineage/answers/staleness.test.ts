import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  judge,
  type Known,
  type Made,
  type StaleReason,
  type Version,
} from "../../../src/lineage/answers/staleness.ts";

/** What of one output is out of date by itself, and what it was made from; data without a maker have no entry. */
interface Step {
  readonly inputs: readonly number[];
  readonly newer: boolean;
  readonly code: boolean;
  readonly params: boolean;
  readonly environment: boolean;
  readonly failed?: boolean;
}

const version = (i: number): Version => ({ id: i, uid: `d${i}`, key: null, stem: `s${i}`, revision: 0, hash: `h${i}` });

const wayOf = (i: number, step: Step): Made => ({
  output: version(i),
  inputs: step.inputs.map((input) => ({ ...version(input), hash: step.newer ? "old" : `h${input}` })),
  code: step.code ? { uid: "t0", subject: "t1", detail: "the code of t has changed" } : undefined,
  later: { uid: "r", params: step.params, environment: step.environment ? "another environment" : undefined },
  ended: step.failed ? "errored" : undefined,
});

/** A `newer` step has read older versions of its inputs; that which all others have read has newer versions with the same bytes. */
const knownOf = (steps: readonly (Step | undefined)[]): Known => ({
  made: (i) => (steps[i] ? [wayOf(i, steps[i])] : []),
  newer: ({ id }) => ({ ...version(id), id: id + 1e9, uid: `n${id}`, revision: 1 }),
});

const own = (step: Step): boolean => (step.newer && step.inputs.length > 0) || step.code || step.params;

/** The rule as one would say it: by itself, or because an input is. */
const stale = (steps: readonly (Step | undefined)[], i: number, path: readonly number[] = []): boolean => {
  const step = steps[i];
  return (
    step !== undefined &&
    (own(step) || step.inputs.some((input) => !path.includes(input) && stale(steps, input, [...path, i])))
  );
};

/** Fewest steps back to something that is stale by itself. */
const distance = (steps: readonly (Step | undefined)[], i: number): number => {
  const step = steps[i];
  if (!step) return Number.POSITIVE_INFINITY;
  return own(step) ? 0 : 1 + Math.min(Number.POSITIVE_INFINITY, ...step.inputs.map((input) => distance(steps, input)));
};

const SIZE = 9;
const rarely = fc.integer({ min: 0, max: 7 }).map((n) => n === 0);
const step = (inputs: fc.Arbitrary<number>): fc.Arbitrary<Step | undefined> =>
  fc.option(
    fc.record({
      inputs: fc.uniqueArray(inputs, { maxLength: 3 }),
      newer: rarely,
      code: rarely,
      params: rarely,
      environment: fc.boolean(),
      failed: rarely,
    }),
    { nil: undefined, freq: 5 },
  );
/** Data are made from earlier data only. */
const history = fc
  .tuple(...Array.from({ length: SIZE }, (_, i) => step(i === 0 ? fc.nat({ max: 0 }) : fc.nat({ max: i - 1 }))))
  .map((steps) => steps.map((one, i) => one && { ...one, inputs: one.inputs.filter((input) => input < i) }));
/** Runs that made bytes again may close circles; nothing is its own input. */
const circular = fc
  .array(step(fc.nat({ max: SIZE - 1 })), { minLength: SIZE, maxLength: SIZE })
  .map((steps) => steps.map((one, i) => one && { ...one, inputs: one.inputs.filter((input) => input !== i) }));
const all = Array.from({ length: SIZE }, (_, i) => i);

describe("judge", () => {
  test("is what one would say of each output, looking back step by step", () => {
    fc.assert(
      fc.property(fc.oneof(history, circular), (steps) => {
        const answers = judge(all, knownOf(steps));
        for (const i of all) expect(answers.get(i)?.stale, `d${i}`).toBe(stale(steps, i));
      }),
      { numRuns: 500 },
    );
  });

  test("is the same for one output as for all", () => {
    fc.assert(
      fc.property(fc.oneof(history, circular), (steps) => {
        const answers = judge(all, knownOf(steps));
        for (const i of all) expect(judge([i], knownOf(steps)).get(i)).toEqual(answers.get(i));
      }),
      { numRuns: 500 },
    );
  });

  test("gives each reason of its own, and one for each input that is stale, with the shortest chain to where it begins", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const answers = judge(all, knownOf(steps));
        for (const i of all) {
          const one = steps[i];
          const reasons = answers.get(i)?.reasons ?? [];
          const count = (code: StaleReason["code"]): number => reasons.filter((reason) => reason.code === code).length;
          expect(count("input-newer")).toBe(one?.newer ? one.inputs.length : 0);
          expect(count("code-changed")).toBe(one?.code ? 1 : 0);
          expect(count("params-differ")).toBe(one?.params ? 1 : 0);
          expect(count("environment-differs")).toBe(one?.environment ? 1 : 0);
          const inherited = reasons.filter((reason) => reason.code === "upstream-stale");
          const sources = (one?.inputs ?? []).filter((input) => stale(steps, input));
          expect(inherited.map(({ chain }) => chain[1]).sort()).toEqual(sources.map((input) => `d${input}`).sort());
          for (const { chain, subject } of inherited) {
            expect(chain[0]).toBe(`d${i}`);
            expect(chain.at(-1)).toBe(subject);
            const through = chain.filter((uid) => /^d/.test(uid));
            const begins = through.slice(1).findIndex((uid) => own(steps[Number(uid.slice(1))] as Step));
            expect(begins).toBe(distance(steps, Number(through[1]?.slice(1))));
            for (let at = 1; at < through.length; at++)
              expect(steps[Number(through[at - 1]?.slice(1))]?.inputs).toContain(Number(through[at]?.slice(1)));
          }
        }
      }),
    );
  });

  test("in circles nothing is stale because of itself", () => {
    fc.assert(
      fc.property(circular, (drawn) => {
        const steps = drawn.map((one) => one && { ...one, newer: false });
        for (const [i, { reasons }] of judge(all, knownOf(steps))) {
          for (const { chain, code } of reasons)
            if (code === "upstream-stale") expect(chain.lastIndexOf(`d${i}`)).toBe(0);
        }
      }),
    );
  });

  test("an output is fresh while one of the ways in which it was made holds", () => {
    const several = fc
      .array(fc.array(step(fc.nat({ max: SIZE - 1 })), { maxLength: 3 }), { minLength: SIZE, maxLength: SIZE })
      .map((all) =>
        all.map((ways, i) =>
          ways.flatMap((one) => (one ? { ...one, inputs: one.inputs.filter((input) => input !== i) } : [])),
        ),
      );
    fc.assert(
      fc.property(several, (drawn) => {
        const known: Known = { ...knownOf([]), made: (i) => (drawn[i] ?? []).map((one) => wayOf(i, one)) };
        /** What is stale in all its ways, until nothing is added any more. */
        const found = new Set<number>();
        for (let before = -1; before !== found.size; ) {
          before = found.size;
          for (const [i, ways] of drawn.entries())
            if (ways.length > 0 && ways.every((way) => own(way) || way.inputs.some((input) => found.has(input))))
              found.add(i);
        }
        for (const [i, answer] of judge(all, known)) {
          expect(answer.stale, `d${i}`).toBe(found.has(i));
          expect(judge([i], known).get(i)).toEqual(answer);
          const reasons = answer.reasons.filter(({ code }) => code !== "environment-differs");
          expect(reasons.length > 0).toBe(found.has(i));
        }
      }),
      { numRuns: 1000 },
    );
  });

  describe("outputs that go on", () => {
    /** Versions one after another, of a few families: each made from some that were there, the latest of their families or older ones. */
    const versions = fc
      .array(fc.record({ family: fc.nat({ max: 3 }), inputs: fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 3 }) }), {
        minLength: 1,
        maxLength: 13,
      })
      .map((drawn) => drawn.map(({ family, inputs }, i) => ({ family, inputs: inputs.filter((input) => input < i) })));
    const familyOf = (drawn: readonly { family: number; inputs: readonly number[] }[]): Known => {
      const of = (i: number): Version => ({ ...version(i), stem: `f${drawn[i]?.family}`, revision: i });
      return {
        made: (i) =>
          drawn[i]
            ? [{ output: of(i), inputs: drawn[i].inputs.map(of), code: undefined, later: undefined, ended: undefined }]
            : [],
        newer(one) {
          const last = drawn.findLastIndex(({ family }) => `f${family}` === one.stem);
          return last === one.id ? undefined : of(last);
        },
      };
    };

    test("an input's newer version is a reason, but for what that was made from; and so on downstream", () => {
      fc.assert(
        fc.property(versions, (drawn) => {
          const known = familyOf(drawn);
          const madeFrom = (i: number, from: number): boolean =>
            i === from || (drawn[i]?.inputs ?? []).some((input) => madeFrom(input, from));
          const newest = (i: number): number => drawn.findLastIndex(({ family }) => family === drawn[i]?.family);
          const isOlder = (i: number, others: readonly number[]): boolean =>
            others.some((other) => other > i && drawn[other]?.family === drawn[i]?.family);
          /** Inputs that are not its own past, nor older versions beside others. */
          const inputs = (i: number): readonly number[] =>
            (drawn[i]?.inputs ?? []).filter(
              (input, _, all) =>
                !isOlder(input, all) &&
                drawn[input]?.family !== drawn[i]?.family &&
                (newest(input) === input || !madeFrom(newest(input), i)),
            );
          const isStale = (i: number): boolean => inputs(i).some((input) => newest(input) !== input || isStale(input));
          const all = [...drawn.keys()];
          const answers = judge(all, known);
          for (const i of all) {
            expect(answers.get(i)?.stale, `d${i}`).toBe(isStale(i));
            expect(judge([i], known).get(i)).toEqual(answers.get(i));
            const newer = (answers.get(i)?.reasons ?? []).filter(({ code }) => code === "input-newer");
            expect(newer.map(({ chain }) => chain[1])).toEqual(
              inputs(i)
                .filter((input) => newest(input) !== input)
                .map((input) => `d${input}`),
            );
          }
        }),
        { numRuns: 1000 },
      );
    });

    test("two that make each other from one another, and a chain that was all made again, end in time however long they are", () => {
      const rounds = 40_000;
      const loop = familyOf(
        Array.from({ length: rounds }, (_, i) => ({ family: i % 2, inputs: i === 0 ? [] : [i - 1] })),
      );
      const last = [rounds - 2, rounds - 1];
      const newer = (one: Version): Version | undefined =>
        last.includes(one.id)
          ? undefined
          : { ...one, id: last[one.id % 2] as number, hash: "newest", revision: rounds };
      expect(judge([rounds - 1], { ...loop, newer }).get(rounds - 1)).toEqual({ stale: false, reasons: [] });
      // The second chain begins two steps earlier: each new version has a longer history than what was made from the old one.
      const step = (id: number): Version => ({
        ...version(id),
        stem: `s${id % rounds}`,
        revision: Math.floor(id / rounds),
      });
      const chain: Known = {
        made: (id) => [
          {
            output: step(id),
            inputs:
              id === rounds
                ? [step(2 * rounds)]
                : id === 2 * rounds
                  ? [step(3 * rounds)]
                  : id === 0 || id > 2 * rounds
                    ? []
                    : [step(id - 1)],
            code: undefined,
            later: undefined,
            ended: undefined,
          },
        ],
        newer: ({ id }) => (id < rounds ? { ...step(id + rounds), hash: "newer" } : undefined),
      };
      expect(judge([rounds - 1], chain).get(rounds - 1)?.stale).toBe(true);
    });
  });

  test("looks at each output once, and comes to the end of a history of a hundred thousand steps", () => {
    const depth = 100_000;
    const steps = Array.from(
      { length: depth },
      (_, i): Step => ({
        inputs: i === 0 ? [] : i === 1 ? [0] : [i - 1, i - 2],
        newer: false,
        code: i === 0,
        params: false,
        environment: false,
      }),
    );
    let looked = 0;
    const known = knownOf(steps);
    const made = (i: number): readonly Made[] => {
      looked++;
      return known.made(i);
    };
    const answers = judge([...steps.keys()], { ...known, made });
    expect(looked).toBe(depth);
    expect([...answers.values()].every((answer) => answer.stale)).toBe(true);
    expect(answers.get(depth - 1)?.reasons[0]?.chain.length).toBeGreaterThan(depth / 2);
  });
});
