/** How nodes are named. */
import { expect, expectTypeOf, test } from "vitest";
import { toNode, whoAndWhen } from "../../../src/lineage/graph/node.ts";
import type { Node, RunNode } from "../../../src/lineage/graph/node.ts";
import { artifact, run } from "../sample.ts";

test("data are called by key, else description, else uid", () => {
  expect(artifact("u", { key: "k", description: "d" }).label).toBe("k");
  expect(artifact("u", { key: "", description: "d" }).label).toBe("d");
  expect(artifact("u")).toMatchObject({ id: "artifact:u", label: "u" });
});

test("runs are called by their transform and entrypoint", () => {
  expect(run("u", "flow.ts", { entrypoint: "main" }).label).toBe("flow.ts: main");
  expect(run("u", null).label).toBe("u");
  const { id: _id, label: _label, ...facts } = run("u", null, { entrypoint: "main", name: "nightly" });
  expect(toNode(facts, "Cell Ranger").label).toBe("Cell Ranger: main");
  expect(toNode(facts).label).toBe("nightly: main");
});

test("kind tells the facts apart", () => {
  const node = run("u", "a.ts") as Node;
  if (node.kind === "run") expectTypeOf(node).toEqualTypeOf<RunNode>();
  expectTypeOf(run("u", "a.ts").status).toEqualTypeOf<string | null>();
});

test("user and time are left out when unknown", () => {
  expect(whoAndWhen("ada", "2026-01-02T03:04:05.678Z")).toBe("ada, 2026-01-02 03:04 UTC");
  expect(whoAndWhen(null, null)).toBe("");
  expect(whoAndWhen("ada", "yesterday")).toBe("ada");
});
