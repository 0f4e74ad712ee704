/** `lineal impact`: everything that was made from a record. */

import { displayWidth } from "../../ground/width.ts";
import type { Table } from "../../formats/table.ts";
import { log } from "../../instance/log.ts";
import { defined } from "../../lineage/graph/options.ts";
import { printMinute, REVISION_LENGTH, shortUid } from "../../model/index.ts";
import { isEntry, rowOf } from "../../registries/record/row.ts";
import { impactList } from "../../registries/answers/impact.ts";
import type { Artifact } from "../../registries/index.ts";
import { nameText } from "../chain.ts";
import { command } from "../command.ts";
import { columns } from "../print.ts";
import { DATA, findRecord } from "../reference.ts";
import type { AnyRecord } from "../registries.ts";

export const definition = command({
  summary: "list all artifacts, collections and records that were made from one, or by a run or transform and on",
  arguments: { ref: { doc: "uid, beginning of a uid, key, name or URL" } },
  options: {
    kind: {
      type: "string",
      value: "KIND",
      doc: "only artifacts of this kind (dataset, model …), records of this type, or collection",
    },
    hops: { type: "number", value: "N", doc: "at most so many runs away" },
    by: { type: "string", value: "USER", doc: "only what the user with this handle made" },
    since: { type: "time", value: "TIME", doc: "only what was made then or later" },
    until: { type: "time", value: "TIME", doc: "only what was made then or before" },
    csv: { type: "boolean", doc: "as CSV" },
  },
  examples: [
    "lineal impact raw/penguins.csv",
    "lineal impact raw/penguins.csv --csv",
    "lineal impact cohort --by testuser1",
  ],
  async run({ args, options: { kind, hops, by, since, until, csv } }) {
    const { record } = await findRecord(args.ref, [...DATA, "Run", "Transform"]);
    const filter = defined({ kind, hops, createdBy: by, since, until });
    const { table, cut, all } = await impactList(record, filter);
    const json = { items: table.rows(), total: table.length, ...(cut ? { truncated: true } : {}) };
    if (csv) {
      if (cut) log("warning", "there is more than was listed: --hops lists what is near");
      const { encode } = await import("../../formats/index.ts");
      return {
        text: Buffer.from((await encode(table, ".csv")).bytes)
          .toString("utf8")
          .trimEnd(),
        json,
      };
    }
    if (table.length === 0)
      return {
        text: async () =>
          all > 0
            ? `nothing that fits was made from it, of ${all} in all`
            : hops === 0
              ? "0 runs away there is nothing: --hops 1 lists what was made from it"
              : `nothing was made from it${await ofOlder(record)}`,
        json,
      };
    return {
      text: async () => `${await tableText(table)}${cut ? "\n… and more: --hops lists what is near" : ""}`,
      json,
    };
  },
});

/** Older versions that are looked at, the newest first. */
const OLDER = 20;

/** Who asks for a key right after saving a new version wants to know what the older ones were used for. */
async function ofOlder(record: AnyRecord): Promise<string> {
  if (!isEntry(record, "Artifact") && !isEntry(record, "Collection")) return "";
  const { revision } = rowOf(record);
  const versions = (await (record as unknown as Artifact).versions).filter(
    (one) => Number(rowOf(one).revision) < Number(revision),
  );
  for (const one of versions.slice(0, OLDER)) {
    const { all } = await impactList(one, {});
    if (all > 0)
      return `, but ${all === 1 ? "something" : `${all.toLocaleString("en")} things`} from its version ${one.version}:\n  lineal impact ${one.uid}`;
  }
  return "";
}

/** What, kind, hops, by which run, owner, when; with versions where several have the same key. */
async function tableText(table: Table): Promise<string> {
  const rows = table.rows() as Record<string, string>[];
  const alike = Map.groupBy(rows, ({ type, key, uid }) => `${type} ${key ?? uid}`);
  const lines = rows.map(({ uid = "", type, kind, key, hops, via, createdBy, createdAt }) => ({
    what: key ?? uid,
    version:
      key === null || alike.get(`${type} ${key}`)?.length === 1
        ? ""
        : ` ${type === "record" ? shortUid(uid) : `v${uid.slice(-REVISION_LENGTH)}`}`,
    rest: {
      kind: nameText(kind ?? type ?? "", 14),
      hops,
      via: via ? shortUid(via) : null,
      by: nameText(createdBy ?? "", 16),
      at: createdAt === null ? null : printMinute(new Date(createdAt as string)),
    },
  }));
  const widest = (name: keyof (typeof lines)[number]["rest"]): number =>
    lines.reduce((most, { rest }) => Math.max(most, displayWidth(String(rest[name] ?? ""))), name.length);
  const room =
    columns() - (["kind", "hops", "via", "by", "at"] as const).reduce((sum, name) => sum + 2 + widest(name), 0);
  const short = lines.map(({ what, version, rest }) => ({
    what: nameText(what, Math.max(12, room - version.length)) + version,
    ...rest,
  }));
  const { Table } = await import("../../formats/table.ts");
  return Table.from(short).toString({ rows: short.length });
}
