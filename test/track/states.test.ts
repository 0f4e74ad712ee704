/** The life of a run: every cell of the table, and how durations are told. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { duration, type Ending, type RunStatus, statusAfter } from "../../src/track/states.ts";

const endings = ["completed", "errored", "aborted", "gone"] as const satisfies readonly Ending[];
/** One row for each status, one column for each way to end, written out by hand. */
const TABLE: readonly (readonly [RunStatus, ...RunStatus[]])[] = [
  // status       completed    errored    aborted    gone
  ["scheduled", "completed", "errored", "aborted", "scheduled"],
  ["started", "completed", "errored", "aborted", "aborted"],
  ["restarted", "completed", "errored", "aborted", "aborted"],
  ["completed", "completed", "errored", "aborted", "completed"],
  ["errored", "errored", "errored", "errored", "errored"],
  ["aborted", "aborted", "aborted", "aborted", "aborted"],
];

test.each(TABLE)("%s", (status, ...expected) => {
  expect(endings.map((ending) => statusAfter(status, ending))).toEqual(expected);
});

test("whatever happens, a run that has failed or was stopped stays so, and none starts again by itself", () => {
  const anyEndings = fc.array(fc.constantFrom(...endings), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom<RunStatus>("started", "restarted"), anyEndings, (from, happened) => {
      let status: RunStatus = from;
      const seen = happened.map((ending) => (status = statusAfter(status, ending)));
      const bad = seen.findIndex((status) => status === "errored" || status === "aborted");
      expect(["completed", "errored", "aborted"]).toContain(seen.at(-1));
      if (bad >= 0) expect(new Set(seen.slice(bad)).size).toBe(1);
    }),
  );
});

test.each([
  [-5, "0s"],
  [0, "0s"],
  [999, "0s"],
  [1000, "1s"],
  [59_999, "59s"],
  [60_000, "1m"],
  [3_599_999, "59m"],
  [3_600_000, "1h"],
  [86_399_999, "23h"],
  [86_400_000, "1d"],
  [3 * 86_400_000 + 5, "3d"],
])("%d ms is %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
