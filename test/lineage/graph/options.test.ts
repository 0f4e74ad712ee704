/** Options and references as people get them wrong: refused with what to type, never a crash, never passed through. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LinealError } from "../../../src/ground/errors.ts";
import type { Graph } from "../../../src/lineage/graph/graph.ts";
import { select } from "../../../src/lineage/graph/select.ts";
import { chain } from "../sample.ts";

type Loose = { readonly [K in keyof Graph]: (...args: unknown[]) => unknown };
const loose = (): Loose => chain() as unknown as Loose;

async function refusal(act: () => unknown): Promise<LinealError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof LinealError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test.each<[string, (g: Loose) => unknown, string, string?]>([
  [
    "markup as a theme",
    (g) => g.to("svg", { theme: '"><script>alert(1)</script>' }),
    "theme cannot be",
    'Give one of "auto", "light", "dark".',
  ],
  ["a misspelt theme", (g) => g.to("png", { theme: "drak" }), 'theme cannot be "drak"', 'Did you mean "dark"?'],
  [
    "a PNG cannot follow its reader",
    (g) => g.to("png", { theme: "auto" }),
    'theme cannot be "auto"',
    '"light", "dark"',
  ],
  ["no such direction", (g) => g.to("svg", { direction: "up" }), 'direction cannot be "up"', '"down", "right"'],
  [
    "a misspelt option",
    (g) => g.to("svg", { them: "dark" }),
    'graph.to("svg") has no option "them"',
    "Did you mean theme?",
  ],
  ["an option of PNG", (g) => g.to("svg", { scale: 2 }), 'graph.to("svg") has no option "scale"'],
  ["scale as text", (g) => g.to("png", { scale: "2" }), 'scale cannot be "2"', "above 0 and up to 10"],
  ["null for options", (g) => g.to("svg", null), 'graph.to("svg") takes options, not null'],
  ["a theme for options", (g) => g.to("png", "dark"), 'graph.to("png") takes options, not "dark"'],
  ["options of text", (g) => g.to("json", { indent: 2 }), 'graph.to("json") has no option "indent"'],
  ["half a fan", (g) => g.to("svg", { fan: 0.5 }), "fan cannot be 0.5", "a whole number from 1 on"],
  ["a format that is none", (g) => g.to(7n), "lineage cannot be exported as 7", '"svg"'],
  ["a tree of null", (g) => g.tree(null), "graph.tree takes options, not null"],
  ["a tree in blue", (g) => g.tree({ colour: true }), 'graph.tree has no option "colour"', "Did you mean color?"],
  ["a tree of text width", (g) => g.tree({ width: "80" }), 'width cannot be "80"'],
  ["a path from nowhere", (g) => g.path(undefined, "x"), "undefined does not name a node", "graph.nodes lists them"],
  ["a node by number", (g) => g.node(42), "42 does not name a node"],
  ["a node by a number as uid", (g) => g.parents({ uid: 7 }), "an object does not name a node"],
  [
    "sources of a kind there is not",
    (g) => g.sources("artefact"),
    'a kind of node cannot be "artefact"',
    'Did you mean "artifact"?',
  ],
  ["sinks of null", (g) => g.sinks(null), "a kind of node cannot be null"],
  [
    "no such role",
    (g) => g.parents("rawAAAAAAAAAAAAA0000", { also: ["started"] }),
    "also cannot be a list",
    '"recreated" and "initiated"',
  ],
  [
    "one role, not in a list",
    (g) => g.upstream("rawAAAAAAAAAAAAA0000", { also: "initiated" }),
    'also cannot be "initiated"',
  ],
  ["hops of a step", (g) => g.children("rawAAAAAAAAAAAAA0000", { hops: 2 }), 'has no option "hops"'],
  ["a walk of null", (g) => g.downstream("rawAAAAAAAAAAAAA0000", null), "takes options, not null"],
  ["merging nothing", (g) => g.merge(undefined), "undefined is not a lineage graph"],
])("%s", async (_, act, message, hint = "") => {
  const error = await refusal(() => act(loose()));
  expect(error.code).toBe("invalid");
  expect(error.message).toContain(message);
  expect(error.hint).toContain(hint);
});

test("undefined means the default, and a width of 0 one that nobody knows", async () => {
  expect(await loose().to("svg", { theme: undefined, fan: undefined })).toBe(await chain().to("svg"));
  expect(loose().tree({ width: undefined })).toBe(String(chain()));
  expect(chain().tree({ width: 0 })).toBe(String(chain()));
});

describe("whatever is given", () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true });
  const options = fc.oneof(
    anything,
    fc.dictionary(
      fc.constantFrom(
        "theme",
        "direction",
        "fan",
        "also",
        "hops",
        "kind",
        "status",
        "since",
        "until",
        "width",
        "color",
        "rows",
      ),
      anything,
    ),
  );

  test("it works or is refused", async () => {
    const g = loose();
    const acts: ((given: unknown) => unknown)[] = [
      (given) => g.to("svg", given),
      (given) => g.to("dot", given),
      (given) => g.tree(given),
      (given) => g.node(given),
      (given) => g.path(given, given),
      (given) => g.sources(given),
      (given) => g.parents("rawAAAAAAAAAAAAA0000", given),
      (given) => g.upstream("rawAAAAAAAAAAAAA0000", given),
      (given) => g.merge(given),
      (given) => select(chain(), given as never),
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...acts), options, async (act, given) => {
        try {
          const done = await act(given);
          if (typeof done === "string") expect(done).not.toContain("undefined");
        } catch (error) {
          expect(error).toBeInstanceOf(LinealError);
        }
      }),
      { numRuns: 400 },
    );
  });
});
