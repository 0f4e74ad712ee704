/** The life of a run: every cell of the table, and how durations are told. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { duration, LIFE, type RunEvent, type RunStatus, statusAfter } from "../../../src/registries/runs/states.ts";

const events = ["finish", "quit", "fail", "signal", "gone"] as const satisfies readonly RunEvent[];
/** One row for each status, one column for each event, written out by hand. */
const TABLE: readonly (readonly [RunStatus, ...RunStatus[]])[] = [
  // status       finish       quit         fail       signal     gone
  ["scheduled", "completed", "completed", "errored", "aborted", "scheduled"],
  ["started", "completed", "completed", "errored", "aborted", "aborted"],
  ["restarted", "completed", "completed", "errored", "aborted", "aborted"],
  ["completed", "completed", "completed", "errored", "aborted", "completed"],
  ["errored", "errored", "errored", "errored", "errored", "errored"],
  ["aborted", "aborted", "aborted", "aborted", "aborted", "aborted"],
];

test.each(TABLE)("%s", (status, ...expected) => {
  expect(events.map((event) => statusAfter(status, event))).toEqual(expected);
});

test("the table knows every status", () => {
  expect(Object.keys(LIFE).sort()).toEqual(TABLE.map(([status]) => status).sort());
});

test("whatever happens, a run that has failed or was stopped stays so, and none starts again by itself", () => {
  const anyEvents = fc.array(fc.constantFrom(...events), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom<RunStatus>("started", "restarted"), anyEvents, (from, happened) => {
      let status: RunStatus = from;
      const seen = happened.map((event) => (status = statusAfter(status, event)));
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
