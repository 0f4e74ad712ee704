/** One more version of a large family, beside one more of a small one. */
import { type Bench, inTurns, type Row } from "./measure.ts";
import { databases, freshDatabase, freshFolder, freshInstance } from "./place.ts";
import { databaseFile } from "../src/instance/settings.ts";
import { openPlain } from "./plain.ts";

const SMALL = "small.json";
const LARGE = "large.json";

export const bench: Bench = {
  title: "Versions of one family",
  async run({ quick }) {
    const versions = quick ? 2_000 : 100_000;
    const rows: Row[] = [];
    for (const name of (await databases()).names) {
      const storage = freshFolder();
      const db = await freshDatabase(name);
      const instance = await freshInstance(name, storage, db);
      let n = 0;
      const save = (key: string) => instance.Artifact.save({ n: n++ }, { key });
      for (const key of [SMALL, LARGE]) await save(key);
      const plain = await openPlain(name, db ?? databaseFile(storage));
      const yes = name === "SQLite" ? "1" : "true";
      const no = name === "SQLite" ? "0" : "false";
      await plain.all(`update artifact set is_latest = ${no} where "key" = '${LARGE}'`);
      // Beyond what base 62 gives the first revisions, so that no uid is taken twice.
      await plain.all(`insert into artifact (uid, created_at, stem, revision, version, is_latest, "key", suffix, size, hash, hash_type, overwritten, storage_id, created_by_id, space_id, branch_id, internal, input_mark)
        select stem || '-' || i, created_at, stem, i, 'v' || i, case when i = ${versions} then ${yes} else ${no} end, "key", suffix, size, hash || i, hash_type, overwritten, storage_id, created_by_id, space_id, branch_id, internal, input_mark
        from artifact, (with recursive n(i) as (select 1 union all select i + 1 from n where i < ${versions}) select i from n) n where "key" = '${LARGE}'`);
      for (const statistics of ["no statistics", "statistics"]) {
        if (statistics === "statistics") await plain.all("analyze");
        await inTurns(1, { large: () => save(LARGE), small: () => save(SMALL) });
        const t = await inTurns(quick ? 3 : 25, { large: () => save(LARGE), small: () => save(SMALL) });
        rows.push({
          what: `after ${versions.toLocaleString("en")} versions, ${name}, ${statistics}`,
          seconds: t.large,
          floor: { what: "after a few", seconds: t.small },
          aim: { text: "≤ 1.5 ×", met: t.large <= 1.5 * t.small },
        });
      }
      await plain.close();
      await instance.close();
    }
    return rows;
  },
};
