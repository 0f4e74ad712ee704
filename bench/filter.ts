/** Lists of a million artifacts, beside the best SQL that gives the same rows; without statistics of the database, and with. */
import type { Instance } from "../src/index.ts";
import { ASKED } from "./generate.ts";
import { type Bench, inTurns, type Row } from "./measure.ts";
import { million } from "./million.ts";
import { type DatabaseName, databases } from "./place.ts";
import { openPlain, type Plain } from "./plain.ts";

const UID = "0000000000000777"; // the stem of artifact 777

/** The same question to the library, and to the database in one or more ways, of which the fastest counts. */
interface Question {
  readonly ours: (team: Instance) => PromiseLike<unknown>;
  readonly plain: readonly string[] | ((name: DatabaseName) => readonly string[]);
}

const NEWEST = "order by a.created_at desc, a.id desc limit 20";

/** A page of artifacts whose run is that of a transform: from the transform, and along the order. */
function ofTransform(key: string): Question {
  const fits = (end: string): string =>
    `exists (select 1 from run r where r.id = a.run_id and exists (select 1 from transform t where t.id = r.transform_id and t."key" = '${key}'${end})${end})`;
  return {
    ours: ({ Artifact }) => Artifact.filter({ transform: { key } }).orderBy("-createdAt").limit(20),
    plain: (name) =>
      name === "SQLite"
        ? [
            `select a.* from transform t cross join run r on r.transform_id = t.id cross join artifact a on a.run_id = r.id where t."key" = '${key}' ${NEWEST}`,
            `select a.* from artifact a where ${fits("")} ${NEWEST}`,
          ]
        : [
            `select a.* from transform t join run r on r.transform_id = t.id join artifact a on a.run_id = r.id where t."key" = '${key}' ${NEWEST}`,
            `select a.* from transform t cross join lateral (select * from run r where r.transform_id = t.id offset 0) r cross join lateral (select * from artifact a where a.run_id = r.id offset 0) a where t."key" = '${key}' ${NEWEST}`,
            `select a.* from artifact a where ${fits(" offset 0")} ${NEWEST}`,
          ],
  };
}

/** A page of what a user made: from the user, and along the order. */
function ofUser(handle: string): Question {
  const fits = (end: string): string =>
    `exists (select 1 from "user" u where u.id = a.created_by_id and u.handle = '${handle}'${end})`;
  return {
    ours: ({ Artifact }) => Artifact.filter({ createdBy: { handle } }).orderBy("-createdAt").limit(20),
    plain: (name) => [
      `select a.* from artifact a where a.created_by_id in (select id from "user" where handle = '${handle}') ${NEWEST}`,
      `select a.* from artifact a where ${fits(name === "SQLite" ? "" : " offset 0")} ${NEWEST}`,
      `select a.* from artifact a where a.created_by_id = (select id from "user" where handle = '${handle}') ${NEWEST}`,
    ],
  };
}

const questions: Record<string, Question> = {
  "key begins with (1 in 1,000)": {
    ours: ({ Artifact }) => Artifact.filter({ key: { startsWith: "data/7/" } }),
    plain: [`select * from artifact where "key" >= 'data/7/' and "key" < 'data/70' order by id`],
  },
  "run.transform.key (1 in 500), all": {
    ours: ({ Artifact }) => Artifact.filter({ run: { transform: { key: "step-50.ts" } } }),
    plain: [
      `select a.* from transform t join run r on r.transform_id = t.id join artifact a on a.run_id = r.id where t."key" = 'step-50.ts' order by a.id`,
    ],
  },
  "get by the beginning of a uid": {
    ours: ({ Artifact }) => Artifact.get(UID),
    plain: [`select * from artifact where uid >= '${UID}' and uid < '${UID}~' order by uid limit 2`],
  },
  "count of all": {
    ours: ({ Artifact }) => Artifact.filter().count(),
    plain: ["select count(*) from artifact where branch_id = 1"],
  },
  "count of a key's beginning": {
    ours: ({ Artifact }) => Artifact.filter({ key: { startsWith: "data/7/" } }).count(),
    plain: [`select count(*) from artifact where "key" >= 'data/7/' and "key" < 'data/70'`],
  },
  "latest 20": {
    ours: ({ Artifact }) => Artifact.filter().orderBy("-createdAt").limit(20),
    plain: [`select * from artifact a ${NEWEST}`],
  },
  "latest 20 runs": {
    ours: ({ Run }) => Run.filter().orderBy("-startedAt").limit(20),
    plain: ["select * from run where started_at is not null order by started_at desc, id desc limit 20"],
  },
  "largest 20, no index": {
    ours: ({ Artifact }) => Artifact.filter().orderBy("-size").limit(20),
    plain: ["select * from artifact where id in (select id from artifact order by size desc, id desc limit 20)"],
  },
  "newest 20 of a common transform (1 in 6)": ofTransform(ASKED.commonTransform),
  "newest 20 of a usual transform (1 in 500)": ofTransform("step-50.ts"),
  "newest 20 of a rare transform (10)": ofTransform(ASKED.rareTransform),
  "newest 20 of a transform no longer used (1 in 100)": ofTransform(ASKED.retiredTransform),
  "newest 20 of a common user (2 in 5)": ofUser(ASKED.commonUser),
  "newest 20 of a rare user (20)": ofUser(ASKED.rareUser),
};

export const bench: Bench = {
  title: "Lists and filters over all artifacts",
  async run(options) {
    const { names, missing } = await databases();
    const rows: Row[] = [];
    for (const name of names) {
      const { instance, place, size, analyze } = await million(name, options);
      const plain = await openPlain(name, place);
      const ask = async (statistics: string): Promise<void> => {
        for (const [what, question] of Object.entries(questions))
          rows.push(
            await compare(`${what}, ${name}, ${statistics}`, question, { instance, plain, name }, options.quick),
          );
      };
      await ask("no statistics");
      await analyze();
      await ask("statistics");
      rows[0] = { note: `${size.runs.toLocaleString("en")} artifacts`, ...(rows[0] as Row) };
      await plain.close();
    }
    return missing ? [...rows.slice(0, -1), { ...(rows.at(-1) as Row), note: `no PostgreSQL: ${missing}` }] : rows;
  },
};

async function compare(
  what: string,
  { ours, plain: texts }: Question,
  { instance, plain, name }: { instance: Instance; plain: Plain; name: DatabaseName },
  quick: boolean,
): Promise<Row> {
  const ways = typeof texts === "function" ? texts(name) : texts;
  const calls: Record<string, () => unknown> = { ours: () => ours(instance) };
  for (const [i, text] of ways.entries()) calls[i] = () => plain.all(text);
  // A way that is no good takes seconds: what is slow is asked seldom.
  const once = await inTurns(1, calls);
  const t = await inTurns(quick ? 3 : Math.max(...Object.values(once)) > 0.5 ? 3 : 9, calls);
  const floors = ways.map((_, i) => t[i] as number);
  return { what, seconds: t.ours as number, floor: { what: "best plain SQL", seconds: Math.min(...floors) } };
}
