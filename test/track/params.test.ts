/** Params: what becomes of each kind of value. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { serialiseParams } from "../../src/track/params.ts";
import { isReadBack } from "../support/json.ts";

class Artifact {
  readonly uid = "7hK2";
}
const reference = (value: object) => (value instanceof Artifact ? `Artifact[${value.uid}]` : undefined);

const serialise = (params: Record<string, unknown>) => serialiseParams(params, reference);

describe("serialiseParams", () => {
  test("keeps what is JSON and translates what is near it", () => {
    const { params, dropped } = serialiseParams(
      {
        flag: false,
        lr: 0.01,
        zero: -0,
        name: "x",
        nothing: null,
        missing: undefined,
        none: [],
        big: 12n,
        huge: 2n ** 80n,
        nan: Number.NaN,
        inf: -Infinity,
        when: new Date("2024-12-20T15:09:33.000Z"),
        url: new URL("https://example.org/a b"),
        nested: { a: [1, { b: "c" }], gone: undefined, kept: null },
        set: new Set([1, 2]),
        map: new Map<string, unknown>([
          ["a", 1],
          ["b", [2]],
        ]),
        pairs: new Map([[{ k: 1 }, 2]]),
        data: new Artifact(),
        list: [new Artifact()],
      },
      reference,
    );
    expect(params).toEqual({
      flag: false,
      lr: 0.01,
      zero: 0,
      name: "x",
      big: 12,
      huge: "1208925819614629174706176",
      nan: "NaN",
      inf: "-Infinity",
      when: "2024-12-20T15:09:33.000Z",
      url: "https://example.org/a%20b",
      nested: { a: [1, { b: "c" }], kept: null },
      set: [1, 2],
      map: { a: 1, b: [2] },
      pairs: [[{ k: 1 }, 2]],
      data: "Artifact[7hK2]",
      list: ["Artifact[7hK2]"],
    });
    expect(dropped).toEqual([]);
  });

  test("drops what has no JSON form, and names it", () => {
    const loop: Record<string, unknown> = { ok: 1 };
    loop.self = loop;
    const shared = { a: 1 };
    const given = {
      fn: () => 1,
      deep: { list: [1, Symbol("s"), new Artifact()] },
      loop,
      bytes: new Uint8Array(2),
      bad: new Date(Number.NaN),
      one: shared,
      two: shared,
      get thrower() {
        return {
          get x(): number {
            throw new Error("no");
          },
        };
      },
    };
    const { params, dropped } = serialiseParams(given, () => undefined);
    expect(params).toEqual({ deep: { list: [1] }, loop: { ok: 1 }, one: { a: 1 }, two: { a: 1 } });
    expect(dropped.sort()).toEqual(["bad", "bytes", "deep.list.1", "deep.list.2", "fn", "loop.self", "thrower"]);
  });

  test("redacts", () => {
    expect(serialise({ apiKey: "abc", db: "postgres://a:b@c/d", model: { token: "t" } }).params).toEqual({
      apiKey: "***REDACTED***",
      db: "***REDACTED***",
      model: { token: "***REDACTED***" },
    });
  });

  test("always gives JSON that survives a round trip", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), (values) => {
        const { params } = serialise(values);
        fc.pre(isReadBack(params));
        expect(JSON.parse(JSON.stringify(params))).toEqual(params);
      }),
    );
  });
});
