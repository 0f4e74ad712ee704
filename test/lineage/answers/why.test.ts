import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { haveCommonHistory, type Origin, type Why, whyDifferent } from "../../../src/lineage/answers/why.ts";

interface Draft {
  readonly hash: string;
  readonly stem?: string;
  readonly key?: string | null;
  readonly code?: string;
  readonly transform?: string;
  readonly params?: string;
  readonly environment?: Record<string, string> | null;
  readonly entrypoint?: string;
  readonly cliArgs?: string;
  readonly onDemand?: Record<string, string>;
  readonly run?: string;
  /** Undefined: no run made it. */
  readonly inputs?: readonly number[];
  readonly members?: readonly number[];
}

const build =
  (drafts: readonly Draft[]) =>
  (id: number): Origin => {
    const {
      hash,
      stem,
      key = null,
      code = "c",
      transform = "t",
      params = "{}",
      environment = null,
      entrypoint = null,
      cliArgs = null,
      onDemand,
      run = `r${id}`,
      inputs,
      members = [],
    } = drafts[id] ?? expect.fail(`there is no ${id}`);
    return {
      id,
      uid: `d${id}`,
      key,
      stem: stem ?? `s${id}`,
      hash,
      members,
      again: [],
      maker: inputs && {
        run,
        transform: { uid: `${transform}${code}`, stem: transform, code },
        entrypoint,
        params,
        cliArgs,
        environment,
        onDemand,
        inputs,
      },
    };
  };
const why = (drafts: readonly Draft[], a: number, b: number): Why => whyDifferent(build(drafts), a, b);

describe("why two outputs differ", () => {
  test("they do not", () => {
    expect(why([{ hash: "x", inputs: [] }, { hash: "x" }], 0, 1)).toEqual({ same: true, differences: [] });
  });

  test("code, another transform, parameters, packages", () => {
    const one = (a: Partial<Draft>, b: Partial<Draft>) =>
      why(
        [
          { hash: "x", inputs: [], ...a },
          { hash: "y", inputs: [], ...b },
        ],
        0,
        1,
      ).differences;
    expect(one({ code: "c1" }, { code: "c2" })).toEqual([{ what: "code", a: "tc1", b: "tc2", chain: ["d0"] }]);
    expect(one({ transform: "t" }, { transform: "u" })).toEqual([
      { what: "transform", a: "tc", b: "uc", chain: ["d0"] },
    ]);
    expect(
      one(
        { params: '{"lr":1,"same":0,"deep":{"x":[1,2],"y":"a"}}' },
        { params: '{"same":0,"lr":"1","deep":{"y":"a","x":[1,3]},"more":true}' },
      ),
    ).toEqual([
      { what: "params", name: "deep.x", a: "[1,2]", b: "[1,3]", chain: ["d0"] },
      { what: "params", name: "lr", a: "1", b: '"1"', chain: ["d0"] },
      { what: "params", name: "more", a: null, b: "true", chain: ["d0"] },
    ]);
    expect(one({ environment: { zod: "4.0.0", a: "1" } }, { environment: { zod: "4.1.0", a: "1", b: "2" } })).toEqual([
      { what: "environment", name: "b", a: null, b: "2", chain: ["d0"] },
      { what: "environment", name: "zod", a: "4.0.0", b: "4.1.0", chain: ["d0"] },
    ]);
    expect(one({ environment: {} }, { environment: null })).toEqual([
      { what: "environment", a: "kept", b: null, chain: ["d0"] },
    ]);
    expect(one({ entrypoint: "f" }, {})).toEqual([{ what: "entrypoint", a: "f", b: null, chain: ["d0"] }]);
    expect(one({ cliArgs: "--n 1" }, { cliArgs: "--n 2" })).toEqual([
      { what: "arguments", a: "--n 1", b: "--n 2", chain: ["d0"] },
    ]);
    expect(one({ onDemand: { "a.ts": "1", "b.ts": "1" } }, { onDemand: { "a.ts": "1", "b.ts": "2" } })).toEqual([
      { what: "code", name: "b.ts", a: "1", b: "2", chain: ["d0"] },
    ]);
    expect(one({ onDemand: { "a.ts": "1" } }, {}).map(({ what }) => what)).toEqual(["chance"]);
    expect(one({ run: "r" }, { run: "r" })).toEqual([{ what: "run", a: "r", b: "r", chain: ["d0"] }]);
    expect(one({ code: "c1", params: "{}" }, { code: "c2", params: "[]" }).map(({ what }) => what)).toEqual([
      "code",
      "params",
    ]);
  });

  test("chance, when all else is the same; and one that no run made", () => {
    expect(
      why(
        [
          { hash: "x", inputs: [] },
          { hash: "y", inputs: [] },
        ],
        0,
        1,
      ).differences,
    ).toEqual([{ what: "chance", a: "r0", b: "r1", chain: ["d0"] }]);
    expect(why([{ hash: "x", inputs: [] }, { hash: "y" }], 0, 1).differences).toEqual([
      { what: "maker", a: "r0", b: null, chain: ["d0"] },
    ]);
    expect(why([{ hash: "x" }, { hash: "y" }], 0, 1).differences).toEqual([
      { what: "input", a: "d0", b: "d1", chain: ["d0"] },
    ]);
  });

  test("inputs stand for each other by identity, bytes, family and key, in this order", () => {
    const inputs = (a: number[], b: number[], rest: Draft[]) =>
      why([{ hash: "x", inputs: a }, { hash: "y", inputs: b }, ...rest], 0, 1).differences;
    // The same input and one more.
    expect(inputs([2], [2, 3], [{ hash: "p" }, { hash: "q" }])).toEqual([
      { what: "input", a: null, b: "d3", chain: ["d0"] },
    ]);
    expect(inputs([2, 3], [3], [{ hash: "p" }, { hash: "q" }])).toEqual([
      { what: "input", a: "d2", b: null, chain: ["d0"] },
    ]);
    // Another family, the same bytes: no difference.
    expect(inputs([2], [3], [{ hash: "p" }, { hash: "p" }])).toEqual([
      { what: "chance", a: "r0", b: "r1", chain: ["d0"] },
    ]);
    // Two versions of one family; two families with one key.
    expect(
      inputs(
        [2],
        [3],
        [
          { hash: "p", stem: "s" },
          { hash: "q", stem: "s" },
        ],
      ),
    ).toEqual([{ what: "input", a: "d2", b: "d3", chain: ["d0", "d2"] }]);
    expect(
      inputs(
        [2],
        [3],
        [
          { hash: "p", key: "k" },
          { hash: "q", key: "k" },
        ],
      ),
    ).toEqual([{ what: "input", a: "d2", b: "d3", chain: ["d0", "d2"] }]);
    // Nothing in common but that they are the only ones: as long as both runs did the same.
    expect(inputs([2], [3], [{ hash: "p" }, { hash: "q" }])).toEqual([
      { what: "input", a: "d2", b: "d3", chain: ["d0", "d2"] },
    ]);
    expect(inputs([2], [3], [{ hash: "p", inputs: [] }, { hash: "q" }]).map(({ a, b }) => [a, b])).toEqual([
      ["d2", null],
      [null, "d3"],
    ]);
    expect(
      why(
        [
          { hash: "x", inputs: [2], transform: "t" },
          { hash: "y", inputs: [3], transform: "u" },
          { hash: "p" },
          { hash: "q" },
        ],
        0,
        1,
      ).differences.map(({ a, b }) => [a, b]),
    ).toEqual([
      ["tc", "uc"],
      ["d2", null],
      [null, "d3"],
    ]);
    // Made in the same way, in this order.
    const [sweep, other] = [
      { transform: "s", inputs: [] },
      { transform: "o", inputs: [] },
    ];
    expect(
      inputs(
        [2, 3],
        [4, 5],
        [
          { hash: "p", ...sweep, params: '{"lr":1}' },
          { hash: "q", ...other },
          { hash: "r", ...other },
          { hash: "s", ...sweep, params: '{"lr":2}' },
        ],
      ),
    ).toEqual([
      { what: "params", name: "lr", a: "1", b: "2", chain: ["d0", "d2"] },
      { what: "chance", a: "r3", b: "r4", chain: ["d0", "d3"] },
    ]);
    // The version that both have is not taken for another one: 2 and 4 are left.
    const family = { stem: "s" };
    expect(
      inputs(
        [2, 3],
        [3, 4],
        [
          { hash: "p", ...family },
          { hash: "q", ...family },
          { hash: "r", ...family },
        ],
      ),
    ).toEqual([{ what: "input", a: "d2", b: "d4", chain: ["d0", "d2"] }]);
  });

  test("the cause is found behind a chain of a hundred thousand steps, which is not the cause", () => {
    const depth = 100_000;
    const drafts: Draft[] = [
      { hash: "a", code: "c1", inputs: [] },
      { hash: "b", code: "c2", inputs: [] },
    ];
    for (let i = 2; i < 2 * depth; i++) drafts.push({ hash: `h${i}`, stem: `s${i >> 1}`, inputs: [i - 2] });
    drafts[0] = { ...(drafts[0] as Draft), stem: "s0" };
    drafts[1] = { ...(drafts[1] as Draft), stem: "s0" };
    const { differences } = why(drafts, 2 * depth - 2, 2 * depth - 1);
    expect(differences.map(({ what }) => what)).toEqual(["code"]);
    expect(differences[0]?.chain).toHaveLength(depth);
    expect(haveCommonHistory(build(drafts), 2 * depth - 2, 2 * depth - 1)).toBe(true);
  });

  test("of more places than anybody reads the nearest are told, and that there are more", () => {
    const samples = 1500;
    const merge = (side: 0 | 1): Draft => ({
      hash: `m${side}`,
      stem: "merge",
      inputs: Array.from({ length: samples }, (_, i) => 2 + 2 * i + side),
    });
    const drafts = [
      merge(0),
      merge(1),
      ...Array.from(
        { length: 2 * samples },
        (_, i): Draft => ({ hash: `h${i}`, stem: `s${i >> 1}`, inputs: [], params: `{"tag":${i % 2}}` }),
      ),
    ];
    const { differences, truncated } = why(drafts, 0, 1);
    expect([differences.length, truncated]).toEqual([1000, true]);
    expect(differences[0]).toEqual({ what: "params", name: "tag", a: "0", b: "1", chain: ["d0", "d2"] });
    expect(
      Object.keys(
        why(
          drafts.slice(0, 4).map((one) => ({
            ...one,
            ...(one.stem === "merge" ? { inputs: one.inputs?.slice(0, 1) } : {}),
          })) as Draft[],
          0,
          1,
        ),
      ),
    ).toEqual(["same", "differences"]);
  });

  test("a diamond tells its beginning once", () => {
    const side = (from: number, stem: string): Draft => ({ hash: `${stem}${from}`, stem, inputs: [from] });
    const drafts: Draft[] = [
      { hash: "r0", stem: "raw" },
      { hash: "r1", stem: "raw" },
      side(0, "left"),
      side(1, "left"),
      side(0, "right"),
      side(1, "right"),
      { hash: "x", stem: "end", inputs: [2, 4] },
      { hash: "y", stem: "end", inputs: [3, 5] },
    ];
    expect(why(drafts, 6, 7).differences).toEqual([{ what: "input", a: "d0", b: "d1", chain: ["d6", "d2", "d0"] }]);
  });

  /** Two histories of the same shape: step i is made from earlier steps; where `changed`, its code differs, and so do the bytes of all after it. */
  const shape = fc.array(
    fc.record({
      inputs: fc.uniqueArray(fc.nat({ max: 7 }), { maxLength: 3 }),
      changed: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    }),
    { minLength: 2, maxLength: 8 },
  );

  test("names exactly the changed steps that can be reached through things that differ", () => {
    fc.assert(
      fc.property(shape, (steps) => {
        const inputs = steps.map((step, i) => step.inputs.filter((input) => input < i));
        const differs: boolean[] = [];
        for (const [i, step] of steps.entries())
          differs.push(step.changed || (inputs[i] as number[]).some((input) => differs[input]));
        const history = (side: 0 | 1): Draft[] =>
          steps.map((step, i) => ({
            hash: `${i}${differs[i] ? side : ""}`,
            stem: `s${i}`,
            code: step.changed ? `${side}` : "c",
            inputs: (inputs[i] as number[]).map((input) => input + side * steps.length),
          }));
        const drafts = [...history(0), ...history(1)];
        const last = steps.length - 1;
        /** The oracle: back through all that differs, as a set. */
        const causes = (i: number): number[] =>
          differs[i] ? [...(steps[i]?.changed ? [i] : []), ...(inputs[i] as number[]).flatMap(causes)] : [];
        const { same, differences } = why(drafts, last, last + steps.length);
        expect(same).toBe(!differs[last]);
        expect(differences.map(({ what, chain }) => `${what} ${chain.at(-1)}`).sort()).toEqual(
          [...new Set(causes(last))].map((i) => `code d${i}`).sort(),
        );
      }),
      { numRuns: 300 },
    );
  });
});

test("a common history is a family of data or code, or a key, anywhere upstream", () => {
  const common = (drafts: readonly Draft[]) => haveCommonHistory(build(drafts), 0, 1);
  expect(common([{ hash: "x" }, { hash: "y" }])).toBe(false);
  expect(
    common([
      { hash: "x", stem: "s" },
      { hash: "y", stem: "s" },
    ]),
  ).toBe(true);
  expect(
    common([
      { hash: "x", key: "k" },
      { hash: "y", key: "k" },
    ]),
  ).toBe(true);
  expect(
    common([
      { hash: "x", inputs: [], transform: "t" },
      { hash: "y", inputs: [], transform: "u" },
    ]),
  ).toBe(false);
  expect(
    common([
      { hash: "x", inputs: [2], transform: "t" },
      { hash: "y", inputs: [3], transform: "u" },
      { hash: "p" },
      { hash: "q", inputs: [2], transform: "v" },
    ]),
  ).toBe(true);
});
