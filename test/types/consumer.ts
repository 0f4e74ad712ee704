/** What a small program asks of the types: its cost is measured in types.test.ts, it is never run. */
import type { Draft, Order, Where } from "../../src/model/index.ts";

export const filters: [Where<"Artifact">, Where<"Run">, Where<"Transform">, Where<"Record">] = [
  {
    run: { transform: { key: "ingest.ts", createdBy: { handle: "testuser1" } } },
    ulabels: { name: "T cell" },
    any: [{ suffix: ".png" }, { size: { gt: 5 } }],
  },
  { inputs: { run: { outputs: { key: { startsWith: "a" } } } }, params: { lr: 0.01 } },
  { latestRun: { status: "completed" }, successors: { kind: "notebook" } },
  { children: { parents: { name: "x" } }, not: { type: null } },
];
export const orders: [Order<"Artifact">, Order<"Run">] = ["-createdAt", "startedAt"];
export const drafts: [Draft<"ULabel">, Draft<"Project">] = [{ name: "T cell" }, { name: "p", startDate: "2026-01-01" }];
