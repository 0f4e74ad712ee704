/** What lineage, impact, staleness, diff, why and looks into the past say of a database made by an old version. */
import type * as Lineal from "../../../src/index.ts";

type Instance = Pick<
  typeof Lineal,
  "Artifact" | "Collection" | "Record" | "Run" | "Transform" | "diff" | "status" | "why"
>;
type Name = "Artifact" | "Collection" | "Record" | "Run" | "Transform";

/** What to ask. */
export interface Questions {
  /** What is there. */
  readonly records: readonly { readonly name: Name; readonly uid: string }[];
  /** Uids of what was deleted for good: their texts are gone and are not compared. */
  readonly removed: readonly string[];
  /** A record among them. */
  readonly record: { readonly uid: string; readonly name: string };
  /** Times between changes. */
  readonly times: readonly string[];
  readonly runs: readonly (readonly [string, string])[];
  readonly data: readonly (readonly [string, string])[];
  readonly keys: readonly string[];
}

const TEXTS = ["label", "description", "name", "version", "suffix", "entrypoint", "type"];

/** The answers, as plain data. */
export async function answersOf(ln: Instance, asked: Questions): Promise<Record<string, unknown>> {
  const { removed, times } = asked;
  const answers: Record<string, unknown> = {};
  const without = <T extends { uid: string }>(node: T): object =>
    removed.includes(node.uid)
      ? Object.fromEntries(Object.entries(node).filter(([key]) => !TEXTS.includes(key)))
      : node;
  const answer = async (question: string, ask: () => Promise<unknown>): Promise<void> => {
    answers[question] = JSON.parse(
      JSON.stringify(
        (await ask().catch((error: { code?: string }) => ({ error: error.code ?? String(error) }))) ?? null,
      ),
    );
  };
  for (const { name, uid } of asked.records) {
    const record = await ln[name].get(uid);
    for (const asOf of [undefined, ...times]) {
      await answer(`lineage of ${name} ${uid} ${asOf ?? ""}`, async () => {
        const { nodes, edges, truncated } = await record.lineage(asOf ? { asOf } : { siblings: true });
        return {
          nodes: nodes
            .map(without)
            .map((node) => JSON.stringify(node))
            .sort(),
          edges: edges.map((edge) => JSON.stringify(edge)).sort(),
          truncated,
        };
      });
    }
    await answer(`near lineage of ${name} ${uid}`, async () =>
      (await record.lineage({ upstream: 1, downstream: 1 })).nodes.map(({ uid }) => uid).sort(),
    );
    await answer(`impact of ${name} ${uid}`, async () => [...(await record.impact()).rows()]);
    if (name !== "Run" && name !== "Transform")
      await answer(`staleness of ${name} ${uid}`, async () => (record as Lineal.Artifact).staleness());
  }
  await answer("status", async () => [...(await ln.status())].sort((a, b) => (a.uid < b.uid ? -1 : 1)));
  for (const [a, b] of asked.runs)
    await answer(`diff ${a} ${b}`, async () => ln.diff(await ln.Run.get(a), await ln.Run.get(b)));
  for (const [a, b] of asked.data)
    await answer(`why ${a} ${b}`, async () => {
      const { differences, ...rest } = await ln.why(await ln.Artifact.get(a), await ln.Artifact.get(b));
      return { ...rest, differences: differences.map((one) => JSON.stringify(one)).sort() };
    });
  for (const key of asked.keys) {
    for (const asOf of times)
      await answer(`${key} at ${asOf}`, async () => {
        const { uid, description, isLatest } = await ln.Artifact.get({ key }, { asOf });
        return { uid, description, isLatest };
      });
  }
  for (const uid of removed) {
    await answer(`get ${uid}`, async () => (await ln.Artifact.get(uid)).uid);
    for (const asOf of times)
      await answer(`get ${uid} ${asOf}`, async () => (await ln.Artifact.get(uid, { asOf })).uid);
  }
  return answers;
}
