/** Filters over a million artifacts, beside the plainest SQL that gives the same rows. */
import type { Instance } from "../src/index.ts";
import { type Bench, inTurns, type Row } from "./measure.ts";
import { million } from "./million.ts";
import { databases } from "./place.ts";
import { openPlain, type Plain } from "./plain.ts";

const UID = "0000000000000777"; // the stem of artifact 777

/** The same question twice: to the library, and to the database. */
const questions: Record<string, { ours: (team: Instance) => PromiseLike<unknown>; plain: (plain: Plain) => unknown }> =
  {
    "key begins with (1 in 1,000)": {
      ours: ({ Artifact }) => Artifact.filter({ key: { startsWith: "data/7/" } }),
      plain: (plain) => plain.all(`select * from artifact where "key" >= 'data/7/' and "key" < 'data/70' order by id`),
    },
    "run.transform.key (1 in 1,000)": {
      ours: ({ Artifact }) => Artifact.filter({ run: { transform: { key: "step-7.ts" } } }),
      plain: (plain) =>
        plain.all(
          `select a.* from transform t join run r on r.transform_id = t.id join artifact a on a.run_id = r.id where t."key" = 'step-7.ts' order by a.id`,
        ),
    },
    "get by the beginning of a uid": {
      ours: ({ Artifact }) => Artifact.get(UID),
      plain: (plain) =>
        plain.all("select * from artifact where uid >= ? and uid < ? order by uid limit 2", UID, `${UID}~`),
    },
    "count of all": {
      ours: ({ Artifact }) => Artifact.filter().count(),
      plain: (plain) => plain.all("select count(*) from artifact where branch_id = 1"),
    },
    "count of a key's beginning": {
      ours: ({ Artifact }) => Artifact.filter({ key: { startsWith: "data/7/" } }).count(),
      plain: (plain) => plain.all(`select count(*) from artifact where "key" >= 'data/7/' and "key" < 'data/70'`),
    },
    "latest 20": {
      ours: ({ Artifact }) => Artifact.filter().orderBy("-createdAt").limit(20),
      plain: (plain) => plain.all("select * from artifact order by id desc limit 20"),
    },
  };

export const bench: Bench = {
  title: "Filters over all artifacts",
  async run(options) {
    const { names, missing } = await databases();
    const rows: Row[] = [];
    for (const name of names) {
      const { instance, place, size } = await million(name, options);
      const plain = await openPlain(name, place);
      for (const [what, { ours, plain: floor }] of Object.entries(questions)) {
        const calls = { ours: () => ours(instance), floor: () => floor(plain) };
        await inTurns(1, calls);
        const t = await inTurns(options.quick ? 3 : 9, calls);
        rows.push({
          what: `${what}, ${name}`,
          seconds: t.ours,
          floor: { what: "plain SQL", seconds: t.floor },
          ...(rows.length === 0 ? { note: `${size.runs.toLocaleString("en")} artifacts` } : {}),
        });
      }
      await plain.close();
    }
    return missing ? [...rows.slice(0, -1), { ...(rows.at(-1) as Row), note: `no PostgreSQL: ${missing}` }] : rows;
  },
};
