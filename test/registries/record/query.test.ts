/** Questions: get, filter, relations by name, pages, tables, lookup, search; the same answers on both databases. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insert } from "../../../src/db/write.ts";
import { type Artifact, Query, type Run, type Transform } from "../../../src/index.ts";
import { type Question, versionUid } from "../../../src/model/index.ts";
import { forEachDatabase } from "../../support/dialects.ts";
import { Lab, refused } from "../lab.ts";

const uids = (rows: readonly { uid: string }[]): string[] => rows.map((row) => row.uid);

forEachDatabase((database) => {
  let lab: Lab;
  let ingest: { run: Run; transform: Transform; within: <T>(body: () => T | Promise<T>) => Promise<T> };
  let plot: typeof ingest;
  let raw: Artifact;
  let table: Artifact;
  let figure: Artifact;

  // Two steps: ingest makes a table from raw data, plot makes a figure of it.
  beforeAll(async () => {
    lab = await Lab.open(database);
    const { Artifact, Transform } = lab.ln;
    raw = await Artifact.save(lab.file("raw.csv", "gene,score\nTP53,0.9\n"), {
      key: "raw/raw.csv",
      description: "as delivered",
    });
    ingest = await lab.runOf(
      await Transform.save({ key: "ingest.ts", kind: "script", description: "reads the raw data" }),
    );
    plot = await lab.runOf(await Transform.save({ key: "plot.ts", kind: "notebook" }));
    table = await ingest.within(async () => {
      await raw.load();
      return Artifact.save([{ gene: "TP53", score: 0.9 }], { key: "tables/hits.parquet", kind: "dataset" });
    });
    figure = await plot.within(async () => {
      await table.load();
      return Artifact.save(Buffer.from([137, 80, 78, 71]), { key: "figures/hits.png", description: "the hits" });
    });
  });
  afterAll(() => lab.close());

  test("artifact: run, transform, createdBy, storage, versions, inputOf, recreatingRuns, ulabels, projects, records", async () => {
    expect((await table.run)?.uid).toBe(ingest.run.uid);
    expect((await table.transform)?.uid).toBe(ingest.transform.uid);
    expect((await table.createdBy).handle).toBe("testuser1");
    expect((await table.storage).root).toBe(lab.ln.storage);
    expect(uids(await table.versions)).toEqual([table.uid]);
    expect(uids(await table.inputOf)).toEqual([plot.run.uid]);
    expect(await raw.run).toBeNull();
    expect(await raw.transform).toBeNull();
    expect(await table.recreatingRuns).toEqual([]);
    const [label, project, record] = [
      await lab.ln.ULabel.save({ name: "T cell" }),
      await lab.ln.Project.save({ name: "Screen" }),
      await lab.ln.Record.save({ name: "Sample 1" }),
    ];
    await table.ulabels.add(label);
    await table.projects.add(project);
    await table.records.add(record);
    expect([uids(await table.ulabels), uids(await table.projects), uids(await table.records)]).toEqual([
      [label.uid],
      [project.uid],
      [record.uid],
    ]);
    expect(uids(await project.artifacts)).toEqual([table.uid]);
    await project.runs.add(ingest.run);
    await project.transforms.add(ingest.transform);
    expect([uids(await project.runs), uids(await project.transforms)]).toEqual([
      [ingest.run.uid],
      [ingest.transform.uid],
    ]);
  });

  test("run: inputs, outputs, transform, report, environment, initiatedByRun, initiatedRuns", async () => {
    const { run } = plot;
    expect(uids(await run.inputs)).toEqual([table.uid]);
    expect(uids(await run.outputs)).toEqual([figure.uid]);
    expect((await run.transform)?.uid).toBe(plot.transform.uid);
    expect([await run.report, await run.environment, await run.initiatedByRun]).toEqual([null, null, null]);
    expect(await run.initiatedRuns).toEqual([]);
    expect(uids(await ingest.run.inputs)).toEqual([raw.uid]);
  });

  test("transform: runs, latestRun, predecessors, successors, sourceCode", async () => {
    expect(uids(await ingest.transform.runs)).toEqual([ingest.run.uid]);
    const later = await lab.ln.Run.save({ transform: ingest.transform });
    expect((await ingest.transform.latestRun)?.uid).toBe(later.uid);
    expect(uids(await plot.transform.predecessors)).toEqual([ingest.transform.uid]);
    expect(uids(await ingest.transform.successors)).toEqual([plot.transform.uid]);
    expect(await ingest.transform.sourceCode).toBeNull();
    await later.delete({ permanent: true });
  });

  test("relations hide trash and internal rows", async () => {
    const output = await plot.within(() => lab.ln.Artifact.save(Buffer.from("soon gone"), { key: "gone.txt" }));
    expect(await plot.run.outputs.count()).toBe(2);
    await output.delete();
    expect(uids(await plot.run.outputs)).toEqual([figure.uid]);
    expect(await lab.ln.Run.filter({ outputs: { key: "gone.txt" } }).count()).toBe(0);
  });

  test("filters: through relations, with records, lists, any and not, on both sides", async () => {
    const { Artifact, Run, Transform, User } = lab.ln;
    const only = async (query: PromiseLike<{ uid: string }[]>, ...expected: { uid: string }[]) =>
      expect(uids(await query)).toEqual(uids(expected));
    await only(Artifact.filter({ run: { transform: { key: "ingest.ts" } } }), table);
    await only(Artifact.filter({ transform: plot.transform }), figure);
    await only(Artifact.filter({ transform: { kind: "notebook" } }), figure);
    await only(Artifact.filter({ run: ingest.run }), table);
    await only(Artifact.filter({ inputOf: { transform: plot.transform } }), table);
    await only(Artifact.filter({ inputOf: null, run: { not: null } as never }), figure);
    await only(Artifact.filter({ ulabels: { name: "T cell" } }), table);
    await only(
      Artifact.filter({ any: [{ suffix: ".png" }, { suffix: ".csv" }], not: { key: { startsWith: "raw/" } } }),
      figure,
    );
    await only(Artifact.filter({ key: { in: ["raw/raw.csv", "nothing"] } }), raw);
    await only(Artifact.filter({ key: { startsWith: "figures/" } }).filter({ size: { lte: 4 } }), figure);
    await only(Artifact.filter({ createdBy: await User.get({ handle: "testuser1" }), suffix: ".parquet" }), table);
    await only(Run.filter({ inputs: table }), plot.run);
    await only(Run.filter({ outputs: { kind: "dataset" } }), ingest.run);
    await only(Transform.filter({ runs: { inputs: { description: { contains: "deliver" } } } }), ingest.transform);
    await only(Transform.filter({ createdBy: { handle: "testuser1" }, kind: "notebook" }), plot.transform);
    await only(
      Artifact.filter({ uid: { in: [raw.uid, figure.uid] } }).orderBy("-uid"),
      ...[raw, figure].sort((a, b) => (a.uid < b.uid ? 1 : -1)),
    );
  });

  test("wrong filters are refused with the right word, at run time too", async () => {
    const { Artifact } = lab.ln;
    expect((await refused(Artifact.filter({ sufix: ".csv" } as never), "invalid")).hint).toContain("suffix");
    expect((await refused(Artifact.filter({ size: { gtt: 1 } } as never), "invalid")).message).toContain("gtt");
    await refused(Artifact.filter({ key: undefined } as never), "invalid");
    await refused(Artifact.filter({ placeKey: "x" } as never), "invalid");
    await refused(Artifact.filter({ run: { transfrom: {} } } as never), "invalid");
    await refused(Artifact.filter({ any: {} } as never), "invalid");
    for (const wrong of [null, "key", ["key"]]) await refused(Artifact.filter().filter(wrong as never), "invalid");
    await refused(Artifact.filter().orderBy("sizee" as never), "invalid");
    expect(() => Artifact.filter().search(7 as never)).toThrow("search needs a text");
  });

  test("first, last, one, oneOrNull, count, exists, limit, offset", async () => {
    const { Artifact } = lab.ln;
    const all = await Artifact.filter().orderBy("key");
    expect(all.map((a) => a.key)).toEqual(["figures/hits.png", "raw/raw.csv", "tables/hits.parquet"]);
    const q = Artifact.filter().orderBy("key");
    expect((await q.first())?.uid).toBe(figure.uid);
    expect((await q.last())?.uid).toBe(table.uid);
    expect((await Artifact.filter().last())?.uid).toBe(figure.uid);
    expect((await q.limit(2).last())?.uid).toBe(raw.uid);
    expect(uids(await q.offset(1).limit(1))).toEqual([raw.uid]);
    expect([await q.count(), await q.limit(2).count(), await q.offset(2).count(), await q.limit(0).count()]).toEqual([
      3, 2, 1, 0,
    ]);
    expect([await q.exists(), await Artifact.filter({ key: "none" }).exists(), await q.limit(0).exists()]).toEqual([
      true,
      false,
      false,
    ]);
    expect([
      await Artifact.filter({ key: "none" }).first(),
      await Artifact.filter({ key: "none" }).last(),
      await q.limit(0).first(),
    ]).toEqual([undefined, undefined, undefined]);
    expect((await Artifact.filter({ suffix: ".png" }).one()).uid).toBe(figure.uid);
    expect(await Artifact.filter({ suffix: ".none" }).oneOrNull()).toBeNull();
    await refused(Artifact.filter({ suffix: ".none" }).one(), "not-found");
    await refused(Artifact.filter().one(), "ambiguous");
    await refused(Artifact.filter().oneOrNull(), "ambiguous");
    // Absent values come last in both directions, also for last().
    expect((await Artifact.filter().orderBy("kind").last())?.kind).toBeNull();
    expect((await Artifact.filter().orderBy("-kind").first())?.kind).toBe("dataset");
    for (const bad of [-1, 1.5, Number.NaN, "3"]) {
      await refused((async () => Artifact.filter().limit(bad as number))(), "invalid");
      await refused((async () => Artifact.filter().offset(bad as number))(), "invalid");
    }
  });

  test("a query never changes: each step makes a new one, and it can be awaited again", async () => {
    const base = lab.ln.Artifact.filter({ suffix: { in: [".csv", ".png"] } });
    const narrowed = base.filter({ suffix: ".png" }).limit(1).orderBy("-key");
    expect(base).toBeInstanceOf(Query);
    expect([await base.count(), await narrowed.count()]).toEqual([2, 1]);
    const fresh = await lab.ln.Artifact.save(Buffer.from("later"), { key: "later.csv" });
    expect(uids(await base)).toContain(fresh.uid);
    await fresh.delete({ permanent: true });
    expect(await base.count()).toBe(2);
  });

  test("search ranks whole values before words before parts", async () => {
    const { ULabel } = lab.ln;
    for (const name of ["regulatory T cell", "T cell", "T cell line", "best cellar"]) await ULabel.save({ name });
    expect((await ULabel.search("t cell").first())?.name).toBe("T cell");
    expect((await ULabel.search("T cell")).map((l) => l.name).at(-1)).toBe("best cellar"); // it holds the letters, in the middle of words
    expect(uids(await lab.ln.Artifact.search("hits"))).toEqual(expect.arrayContaining([figure.uid, table.uid]));
    expect(await ULabel.search("").count()).toBe(0);
    expect(await ULabel.search("100%").count()).toBe(0);
    expect(await ULabel.search("cell").limit(2)).toHaveLength(2);
  });

  test("toTable prints the columns that people look at, relations as short uids", async () => {
    const text = String(await lab.ln.Transform.filter().orderBy("key").toTable());
    expect(text).toContain("ingest.ts");
    expect(text.split("\n")[0]).toContain("kind");
    const runs = await lab.ln.Run.filter().toTable();
    expect(runs.rows().map((row) => row.transform)).toContain(ingest.transform.uid.slice(0, 8));
    expect(runs.length).toBe(await lab.ln.Run.filter().count());
    const some = await lab.ln.Artifact.filter({ suffix: ".png" }).toTable({ columns: ["key", "transform", "size"] });
    expect(some.rows()).toEqual([{ key: "figures/hits.png", transform: null, size: 4 }]);
    const message = { hint: "Did you mean suffix?" };
    await expect(lab.ln.Artifact.filter().toTable({ columns: ["sufix" as never] })).rejects.toMatchObject(message);
    await refused(lab.ln.Artifact.filter().toTable({ column: ["key"] } as never), "invalid");
  });

  test("a query is data: its JSON asks the same, records by their uids", async () => {
    const query = lab.ln.Artifact.filter({ run: plot.run, createdAt: { gt: new Date(0) } }).orderBy("-key");
    const question = JSON.parse(JSON.stringify(query)) as Question;
    expect(question).toEqual({
      name: "Artifact",
      where: [{ run: { uid: plot.run.uid }, createdAt: { gt: "1970-01-01T00:00:00.000Z" } }],
      order: ["-key"],
    });
    expect(uids(await new Query<"Artifact">(async () => lab.connection, question))).toEqual([figure.uid]);
    const inputs = JSON.parse(JSON.stringify(plot.run.inputs)) as Question;
    expect(uids(await new Query<"Artifact">(async () => lab.connection, inputs))).toEqual([table.uid]);
  });

  test("get: by uid, by a beginning of it, by the stem; several are ambiguous, none is not-found", async () => {
    const { Artifact } = lab.ln;
    const one = await Artifact.save(Buffer.from("g1"), { key: "get/versions.txt" });
    const two = await Artifact.save(Buffer.from("g2"), { key: "get/versions.txt" });
    expect((await Artifact.get(one.uid)).uid).toBe(one.uid);
    expect((await Artifact.get(one.uid.slice(0, 16))).uid).toBe(two.uid);
    expect((await Artifact.get(one.uid.slice(0, 12))).uid).toBe(two.uid);
    expect(await Artifact.get(`${one.uid.slice(0, 16)}000`).catch((error: { code: string }) => error.code)).toBe(
      "ambiguous",
    );
    for (const bad of ["zzzzzzzz", "not a uid", "x".repeat(21), ""]) await refused(Artifact.get(bad), "not-found");
    for (const bad of [null, 7, [], undefined]) await refused(Artifact.get(bad as never), "invalid");
    await two.delete();
    expect((await Artifact.get(one.uid.slice(0, 16))).uid).toBe(one.uid);
    await one.delete();
    expect((await Artifact.get(one.uid.slice(0, 16))).uid).toBe(two.uid);
    expect((await Artifact.get(two.uid)).uid).toBe(two.uid);
    await refused(Artifact.get({ key: "get/versions.txt" }), "not-found");
  });

  test("get: a beginning that several families share is ambiguous", async () => {
    const { dialect } = lab.connection.database;
    const writer = await lab.connection.writer();
    const { storage } = lab.place;
    for (const stem of ["SharedPrefix0001", "SharedPrefix0002"]) {
      await lab.connection.write(() =>
        insert(dialect, "Artifact", {
          uid: versionUid(stem, 0),
          stem,
          revision: 0,
          createdAt: writer.now,
          createdBy: writer.user,
          size: 0,
          hash: "0".repeat(64),
          storage: lab.connection.defaultStorage,
          branch: lab.connection.branches.current,
          space: lab.connection.space,
          placeKey: join(storage, stem),
        }),
      );
    }
    const error = await refused(lab.ln.Artifact.get("SharedPrefix"), "ambiguous");
    expect(error.message).toContain("SharedPrefix0001");
    expect((await lab.ln.Artifact.get("SharedPrefix0002")).uid).toBe("SharedPrefix00020000");
    for (const stem of ["SharedPrefix0001", "SharedPrefix0002"])
      await (await lab.ln.Artifact.get(stem)).delete({ permanent: true });
  });

  test("get by a filter: the latest of the family, an older one only when no latest fits, several are ambiguous", async () => {
    const { Artifact } = lab.ln;
    const one = await Artifact.save(Buffer.from("f1"), { key: "get/filter.txt", description: "old words" });
    const two = await Artifact.save(Buffer.from("f2"), { key: "get/filter.txt", description: "new words" });
    expect((await Artifact.get({ key: "get/filter.txt" })).uid).toBe(two.uid);
    expect((await Artifact.get({ description: "old words" })).uid).toBe(one.uid);
    expect((await Artifact.get({ key: "get/filter.txt", version: "0000" })).uid).toBe(one.uid);
    expect((await Artifact.get({ key: "get/filter.txt", isLatest: false })).uid).toBe(one.uid);
    await refused(Artifact.get({ key: { startsWith: "" } }), "ambiguous");
    await refused(Artifact.get({ keys: "x" } as never), "invalid");
    expect((await lab.ln.Transform.get({ key: "ingest.ts" })).uid).toBe(ingest.transform.uid);
    for (const artifact of [one, two]) await artifact.delete({ permanent: true });
  });

  test("lookup: one attribute per name", async () => {
    const users = await lab.ln.User.lookup();
    expect(users.testuser1?.handle).toBe("testuser1");
    const labels = await lab.ln.ULabel.lookup();
    expect(labels.t_cell?.name).toBe("T cell");
    expect(labels.constructor).toBeUndefined();
    const names = { cell_ranger: "Cell Ranger", ln_7_2_0: "7.2.0", µ_glia: "µ-Glia", a_b: "a  b", ln___x: "__x" };
    for (const name of Object.values(names)) await lab.ln.Project.save({ name });
    const projects = await lab.ln.Project.lookup();
    for (const [attribute, name] of Object.entries(names)) expect(projects[attribute]?.name).toBe(name);
  });

  test("links: added and removed from both sides; what follows from a column cannot be", async () => {
    const label = await lab.ln.ULabel.save({ name: "Both sides" });
    await label.artifacts.add(raw, figure);
    expect(uids(await raw.ulabels)).toEqual([label.uid]);
    await raw.ulabels.remove(label);
    expect(uids(await label.artifacts)).toEqual([figure.uid]);
    await label.artifacts.remove(figure, raw);
    expect(await label.artifacts.exists()).toBe(false);
    const other = await lab.ln.ULabel.save({ name: "Narrower" });
    await other.parents.add(label);
    expect(uids(await lab.ln.ULabel.filter({ parents: label }))).toEqual([other.uid]);
    expect((await refused(ingest.run.outputs.add(figure), "invalid")).message).toContain("Run.outputs");
    await refused(ingest.transform.runs.remove(ingest.run), "invalid");
    await refused(raw.versions.add(figure), "invalid");
    await refused(raw.ulabels.add(figure as never), "invalid");
    await refused(raw.ulabels.add("T cell" as never), "invalid");
    expect(uids(await ingest.run.outputs)).toEqual([table.uid]);
    await raw.inputOf.add(plot.run);
    expect(uids(await plot.run.inputs.orderBy("key"))).toEqual([raw.uid, table.uid]);
    await plot.run.inputs.remove(raw);
  });

  test("to-many relations are queries", async () => {
    expect(
      await lab.ln.User.get({ handle: "testuser1" }).then((user) =>
        lab.ln.Artifact.filter({ createdBy: user }).filter({ suffix: ".png" }).count(),
      ),
    ).toBe(1);
    expect(uids(await plot.run.inputs.filter({ suffix: ".parquet" }))).toEqual([table.uid]);
    expect(await plot.run.inputs.filter({ suffix: ".csv" }).exists()).toBe(false);
    expect((await plot.run.outputs.one()).uid).toBe(figure.uid);
    expect((await plot.run.outputs.toTable()).rows().map((row) => row.key)).toEqual(["figures/hits.png"]);
  });

  test("branches: filter sees the current one and main, others and trash when asked for", async () => {
    const { Artifact, Branch } = lab.ln;
    await Branch.save({ name: "experiment" });
    const there = await Artifact.save(Buffer.from("there"), { key: "branch.txt", branch: "experiment" });
    expect(await Artifact.filter({ key: "branch.txt" }).count()).toBe(0);
    expect(uids(await Artifact.filter({ key: "branch.txt", branch: { name: "experiment" } }))).toEqual([there.uid]);
    expect(uids(await Artifact.filter({ key: "branch.txt", branch: { not: null } as never }))).toEqual([there.uid]);
    await there.delete();
    expect(uids(await Artifact.filter({ key: "branch.txt", branch: { name: "trash" } }))).toEqual([there.uid]);
  });

  test("records are plain to print, to serialise and to look into", async () => {
    const json = JSON.parse(JSON.stringify(table)) as Record<string, unknown>;
    expect(json).toMatchObject({
      uid: table.uid,
      key: "tables/hits.parquet",
      run: ingest.run.uid,
      kind: "dataset",
      isLatest: true,
    });
    for (const hidden of ["id", "stem", "revision", "placeKey", "internal", "inputMark"])
      expect(json).not.toHaveProperty(hidden);
    expect(String(table)).toContain(`uid='${table.uid}'`);
    expect(String(table)).toContain("key='tables/hits.parquet'");
    expect(table.createdAt).toBeInstanceOf(Date);
  });

  test("describe and view tell a person what there is", async () => {
    const text = await table.describe();
    for (const part of [
      "Artifact: tables/hits.parquet",
      table.uid,
      "testuser1",
      "ingest.ts",
      "ulabels: T cell",
      "inputOf",
      table.path,
    ])
      expect(text).toContain(part);
    expect(text.split("\n").at(-1)).toMatch(/^└── /);
    expect(await ingest.run.describe()).toContain("outputs: tables/hits.parquet");
    expect(await plot.transform.describe()).toContain("predecessors: ingest.ts");
    const { viewText } = await import("../../../src/registries/view.ts");
    const all = await viewText(lab.connection);
    for (const name of ["Artifact", "Run", "Transform", "User"]) expect(all).toContain(`${name}\n`);
    expect(await viewText(lab.connection, { registries: ["User"], limit: 1 })).toMatch(/^User\n/);
  });

  test("for await goes through all pages, in any order, while rows are added", async () => {
    const { dialect } = lab.connection.database;
    await lab.connection.write(function* () {
      for (let i = 0; i < 1203; i++)
        yield* insert(dialect, "ULabel", {
          uid: `page${String(i).padStart(4, "0")}`,
          createdAt: new Date(),
          name: `page ${i % 7}`,
          createdBy: { id: 1, uid: "" },
          branch: lab.connection.branches.main,
          space: lab.connection.space,
        });
    });
    const pages = lab.ln.ULabel.filter({ uid: { startsWith: "page" } });
    const walk = async (query: typeof pages): Promise<string[]> => {
      const seen: string[] = [];
      for await (const label of query) seen.push(label.uid);
      return seen;
    };
    const whole = uids(await pages);
    expect(whole).toHaveLength(1203);
    expect(await walk(pages)).toEqual(whole);
    expect(await walk(pages.orderBy("-name"))).toEqual(uids(await pages.orderBy("-name")));
    expect(await walk(pages.offset(1000))).toEqual(whole.slice(1000));
    expect(await walk(pages.limit(600))).toEqual(whole.slice(0, 600));
    expect(await walk(pages.limit(0))).toEqual([]);
    let n = 0;
    for await (const _ of pages) if (n++ === 0) await lab.ln.ULabel.save({ name: "added meanwhile" });
    expect(n).toBe(1203);
    expect(await pages.toTable().then((t) => t.length)).toBe(1203);
  });
});
