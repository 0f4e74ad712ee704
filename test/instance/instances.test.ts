/** Instances: made, found, moved, mixed up, broken and removed, on both databases. */
import { DatabaseSync } from "node:sqlite";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import sql from "sql-template-tag";
import { afterEach, describe, expect, test } from "vitest";
import { migrations } from "../../src/db/migrations/index.ts";
import { execute } from "../../src/db/operation.ts";
import { connect, init, type Instance, login, Artifact, User } from "../../src/index.ts";
import { connectTo, migrateInstance, setDefault } from "../../src/instance/connect.ts";
import { deleteInstance, disconnect } from "../../src/instance/leave.ts";
import { writeMarker } from "../../src/instance/marker.ts";
import { setProcessUser } from "../../src/instance/scope.ts";
import { getCurrent, listInstances, setCurrent } from "../../src/instance/settings.ts";
import { saveUser } from "../../src/instance/users.ts";
import { Lab, refused } from "../registries/lab.ts";
import { runScript } from "../support/child.ts";
import { forEachDatabase, freshPlace } from "../support/dialects.ts";

const here = process.cwd();
afterEach(async () => {
  process.chdir(here);
  setProcessUser(undefined);
  await setDefault(undefined);
});
const withDb = (db: string | undefined): { db?: string } => (db ? { db } : {});

forEachDatabase((database) => {
  test("init again with the same storage and database connects; anything else under that name is a conflict", async () => {
    await using lab = await Lab.open(database);
    const { storage, db, work } = lab.place;
    const again = await init({ storage, name: lab.ln.name, ...withDb(db) });
    expect([again.uid, again.slug]).toEqual([lab.ln.uid, `testuser1/${lab.ln.name}`]);
    expect(
      (await refused(init({ storage: join(work, "other"), name: lab.ln.name, ...withDb(db) }), "conflict")).message,
    ).toContain(storage);
    expect(existsSync(join(work, "other"))).toBe(false);
    await refused(init({ storage, name: "another", ...withDb(db) }), "conflict");
    const inside = join(storage, "deep", "inside");
    expect((await refused(init({ storage: inside, name: "inside" }), "conflict")).message).toContain(
      `inside ${storage}`,
    );
    expect(existsSync(inside)).toBe(false);
    saveUser("testuser2");
    const error = await refused(init({ storage, name: lab.ln.name, ...withDb(db) }), "conflict");
    expect(error.message).toContain(lab.ln.slug);
    if (db) await refused(init({ storage: join(work, "elsewhere"), name: "third", db }), "conflict");
    saveUser("testuser1");
  });

  test("connect by slug, by bare name, by folder or URL, also from a home that knows nothing", async () => {
    await using lab = await Lab.open(database);
    const { storage, db, home } = lab.place;
    await lab.ln.Artifact.save(Buffer.from("x"), { key: "x.txt" });
    for (const target of [lab.ln.slug, lab.ln.name, db ?? storage]) {
      const found = await connect(target, { default: false });
      expect([found.uid, await found.Artifact.filter().count()]).toEqual([lab.ln.uid, 1]);
      await found.close();
    }
    process.env.LINEAL_HOME = join(home, "stranger");
    const stranger = await connect(db ?? storage);
    expect([stranger.slug, stranger.storage, getCurrent()]).toEqual([lab.ln.slug, storage, lab.ln.slug]);
    expect((await stranger.Artifact.get({ key: "x.txt" })).path).toContain(storage);
    process.env.LINEAL_HOME = home;
    await refused(connect("testuser1/nothing"), "not-found");
    await refused(connect(lab.place.work), "not-found");
    await refused(connect(db ? db.replace(/\/lineal_[^/]*$/, "/missing_db") : join(storage, "missing")), "not-found");
  });

  test("several instances at once: records know theirs, and are not mixed", async () => {
    await using one = await Lab.open(database);
    await using two = await Lab.open(database);
    process.env.LINEAL_HOME = one.place.home;
    const team = await connect(one.place.db ?? one.place.storage, { default: false });
    const mine = await team.Artifact.save(Buffer.from("in one"), { key: "a.txt" });
    const theirs = await Artifact.save(Buffer.from("in two"), { key: "a.txt" });
    expect([await mine.load(), await theirs.load()]).toEqual(["in one", "in two"]);
    expect([await team.Artifact.filter().count(), await two.ln.Artifact.filter().count()]).toEqual([1, 1]);
    expect((await mine.createdBy).handle).toBe("testuser1");
    const transform = await team.Transform.save({ key: "t.ts" });
    const run = await team.Run.save({ transform });
    expect((await refused(two.ln.Artifact.save(Buffer.from("x"), { key: "x.txt", run }), "invalid")).message).toContain(
      "another instance",
    );
    await refused(two.ln.Run.save({ transform }), "invalid");
    await refused(two.ln.Artifact.filter({ run }), "invalid");
    await refused(two.ln.Artifact.filter({ any: [{ transform }] }).count(), "invalid");
    await refused(two.ln.Artifact.get({ run }), "invalid");
    await refused(theirs.inputOf.add(run), "invalid");
    await refused(theirs.load({ isRunInput: run }), "invalid");
    await refused(two.ln.Artifact.save(Buffer.from("y"), { revises: mine }), "invalid");
    await refused(theirs.update({ schema: await team.Schema.save({ name: "s" }) }), "invalid");
    await team.close();
  });

  test("users: this process only with login, the home with saveUser; the row comes with the first write", async () => {
    await using lab = await Lab.open(database);
    await login("testuser2");
    expect(await User.filter({ handle: "testuser2" }).count()).toBe(0);
    const artifact = await Artifact.save(Buffer.from("by two"), { key: "two.txt" });
    expect((await artifact.createdBy).handle).toBe("testuser2");
    const code = `import * as ln from "lineal";\nconst a = await ln.Artifact.save(Buffer.from("child"), { key: "child.txt" });\nconsole.log((await a.createdBy).handle);`;
    const env = { LINEAL_HOME: lab.place.home, LINEAL_VERBOSITY: "error" };
    expect((await runScript(code, { env })).stdout).toBe("testuser1\n");
    saveUser("testuser3");
    expect((await runScript(code, { env })).stdout).toBe("testuser1\n"); // same bytes and key: the same artifact
    expect((await runScript(code.replace('"child"', '"changed"'), { env })).stdout).toBe("testuser3\n");
    expect((await User.filter().orderBy("handle")).map((u) => u.handle)).toEqual([
      "testuser1",
      "testuser2",
      "testuser3",
    ]);
    await refused(login("not a handle"), "invalid");
  });

  test("a database that is newer is refused, an older one waits for `lineal migrate`", async () => {
    await using lab = await Lab.open(database);
    const { storage, db } = lab.place;
    const change = (statement: ReturnType<typeof sql>) => lab.connection.write(() => execute(statement));
    await change(sql`insert into migration (name, applied_at) values ('9999-future', '2030-01-01T00:00:00.000Z')`);
    expect((await refused(connect(lab.ln.slug, { default: false }), "conflict")).message).toContain("9999-future");
    await refused(connect(db ?? storage, { default: false }), "conflict");
    await refused(init({ storage, name: lab.ln.name, ...withDb(db) }), "conflict");
    await change(sql`delete from migration where name = '9999-future'`);
    await change(sql`update migration set name = 'x' where name = '0001-initial'`);
    await refused(connect(lab.ln.slug, { default: false }), "conflict");
    await change(sql`delete from migration`);
    const error = await refused(connect(lab.ln.slug, { default: false }), "conflict");
    expect(error.hint).toContain("lineal migrate");
    expect((await migrateInstance(lab.ln.slug, false)).pending).toEqual(migrations.map(({ name }) => name));
  });

  test("delete keeps stored bytes and files of people; with force only the latter", async () => {
    for (const force of [false, true]) {
      await using lab = await Lab.open(database);
      const { storage, db, work } = lab.place;
      const artifact = await lab.ln.Artifact.save(Buffer.from("stored"), { key: "stored.txt" });
      await lab.ln.Artifact.save(lab.stored("mine/keep.txt", "mine"));
      writeMarker(work, lab.ln.slug);
      const { kept } = await deleteInstance(lab.ln.slug, { force });
      expect([existsSync(artifact.path), kept !== undefined]).toEqual([!force, !force]);
      expect(readFileSync(join(storage, "mine/keep.txt"), "utf8")).toBe("mine");
      for (const gone of [
        join(storage, ".lineal/lineal.db"),
        join(storage, ".lineal/storage.json"),
        join(work, ".lineal/instance"),
      ])
        expect(existsSync(gone)).toBe(false);
      expect([getCurrent(), listInstances()]).toEqual([undefined, []]);
      await refused(connect(lab.ln.slug), "not-found");
      await refused(deleteInstance(lab.ln.slug), "not-found");
      if (db) {
        const client = new Client({ connectionString: db });
        await client.connect();
        expect((await client.query("select count(*)::int as n from artifact")).rows).toEqual([{ n: 2 }]);
        await client.end();
      }
    }
  });

  test("delete works when the folder is gone, and leaves alone what another instance put there", async () => {
    await using lab = await Lab.open(database);
    const { storage } = lab.place;
    rmSync(storage, { recursive: true });
    expect((await deleteInstance(lab.ln.slug)).kept).toBeUndefined();
    expect(listInstances()).toEqual([]);
    await using other = await freshPlace("sqlite");
    const first = await init({ storage: join(other.storage, "s"), name: "first" });
    await first.close();
    renameSync(join(other.storage, "s"), join(other.storage, "moved"));
    const second = await init({ storage: join(other.storage, "s"), name: "second" });
    await second.Artifact.save(Buffer.from("second"), { key: "second.txt" });
    await deleteInstance("testuser1/first", { force: true });
    const again = await connect("testuser1/second");
    expect(await (await again.Artifact.get({ key: "second.txt" })).load()).toBe("second");
  });

  test("bytes far away: the embedded database lies in the settings home, a server's where it is", async () => {
    await using lab = await Lab.open(database);
    const { home, db } = lab.place;
    const storage = `memory://Far-${database.name}`;
    const far = await init({ storage, ...withDb(await database.fresh().then((place) => place.db)) });
    expect([far.slug, far.storage]).toEqual([`testuser1/far-${database.name}`, storage]);
    const file = join(home, "instances", "testuser1", `far-${database.name}.db`);
    expect([existsSync(file), db === undefined]).toEqual([db === undefined, db === undefined]);
    if (db === undefined) expect(far.db).toBe(file);
    const artifact = await far.Artifact.save(Buffer.from("far away"), { key: "far.txt" });
    expect(artifact.path.startsWith(`${storage}/.lineal/objects/`)).toBe(true);
    expect(await far.Storage.filter()).toMatchObject([{ root: storage, type: "memory" }]);
    for (const target of [far.slug, storage, `${storage}/`]) {
      const again = await connect(target, { default: false });
      expect([again.uid, await (await again.Artifact.get({ key: "far.txt" })).load()]).toEqual([far.uid, "far away"]);
      await again.close();
    }
    expect(listInstances().map(({ name }) => name)).toContain(far.name);
    const error = await refused(init({ storage, name: "another" }), "conflict");
    expect(error.message).toContain(far.slug);
    await refused(connect("memory://nobodys"), "not-found");
    const { kept } = await deleteInstance(far.slug);
    expect([kept, existsSync(file)]).toEqual([storage, false]);
    const anew = await init({ storage, name: "anew" });
    await anew.Artifact.save(Buffer.from("far away"), { key: "far.txt" });
    expect((await deleteInstance(anew.slug, { force: true })).kept).toBeUndefined();
  });

  test("without storage, with a wrong name, URL or place: refused, and nothing is left", async () => {
    await using lab = await Lab.open(database);
    const { work } = lab.place;
    writeFileSync(join(work, "file"), "in the way");
    const known = listInstances().length;
    await refused(init({} as never), "invalid");
    await refused(init({ storage: join(work, "new"), name: "a/b" }), "invalid");
    await refused(init({ storage: join(work, "new"), db: "mysql://x/y" }), "invalid");
    for (const storage of ["s3://bucket/x", "s3:/bucket", "https://example.org/data", "file://host/share"])
      expect((await refused(init({ storage }), "invalid")).hint).toMatch(/file:/);
    expect((await refused(init({ storage: "s3://bucket/x" }), "invalid")).hint).toContain("memory://");
    await refused(lab.ln.Storage.save({ root: "s3://bucket/x" }), "invalid");
    expect(await lab.ln.Storage.filter().count()).toBe(1);
    await refused(init({ storage: join(work, "file", "below"), name: "below" }), "forbidden");
    await refused(
      init({ storage: join(work, "new"), name: "unreachable", db: "postgres://nobody@127.0.0.1:9/none" }),
      "unavailable",
    );
    expect(existsSync(join(work, "new"))).toBe(false);
    expect(listInstances()).toHaveLength(known);
    expect(getCurrent()).toBe(lab.ln.slug);
  });
});

describe("which instance a process works on", () => {
  test("LINEAL_INSTANCE before the nearest marker before the current instance; else not-connected", async () => {
    await using place = await freshPlace("sqlite");
    process.env.LINEAL_HOME = place.home;
    saveUser("testuser1");
    for (const name of ["env", "marked", "current"])
      await (await init({ storage: join(place.storage, name), name })).close();
    setCurrent("testuser1/current");
    const deep = join(place.work, "project", "deep");
    mkdirSync(deep, { recursive: true });
    writeMarker(join(place.work, "project"), "testuser1/marked");
    const script = join(place.work, "which.ts");
    writeFileSync(
      script,
      `import * as ln from "lineal";\ntry { console.log((await ln.instance()).name); console.log(await ln.Artifact.filter().count()); } catch (e) { console.log(e.code, e.hint); }`,
    );
    const which = (cwd: string, env: Record<string, string> = {}) =>
      runScript(script, { cwd, env: { LINEAL_HOME: place.home, ...env } });
    const [env, marked, current, none, unknown] = await Promise.all([
      which(deep, { LINEAL_INSTANCE: "testuser1/env" }),
      which(deep),
      which(place.work),
      which(place.work, { LINEAL_HOME: join(place.home, "empty") }),
      which(place.work, { LINEAL_INSTANCE: "testuser1/unknown" }),
    ]);
    expect(env.stdout).toBe("→ connected lineal: testuser1/env\nenv\n0\n");
    expect(marked.stdout).toBe("→ connected lineal: testuser1/marked\nmarked\n0\n");
    expect(current.stdout).toBe("→ connected lineal: testuser1/current\ncurrent\n0\n");
    expect(none.stdout).toMatch(/^not-connected .*lineal init.*lineal connect/);
    expect(unknown.stdout).toMatch(/^not-found /);
  });

  test("connect with here binds the directory and leaves the current instance; disconnect undoes each", async () => {
    await using place = await freshPlace("sqlite");
    process.env.LINEAL_HOME = place.home;
    saveUser("testuser1");
    for (const name of ["one", "two"]) await init({ storage: join(place.storage, name), name });
    process.chdir(place.work);
    await connect("testuser1/one", { here: true });
    expect([getCurrent(), readFileSync(join(place.work, ".lineal/instance"), "utf8").trim()]).toEqual([
      "testuser1/two",
      "testuser1/one",
    ]);
    expect(await disconnect({ here: true })).toBe("testuser1/one");
    expect(existsSync(join(place.work, ".lineal/instance"))).toBe(false);
    await refused(disconnect({ here: true }), "not-found");
    expect(await disconnect()).toBe("testuser1/two");
    expect(getCurrent()).toBeUndefined();
    await refused(Artifact.filter(), "not-connected");
  });
});

describe("folders and files that change under an instance", () => {
  test("a moved folder is found where it lies now, with everything in it", async () => {
    await using place = await freshPlace("sqlite");
    process.env.LINEAL_HOME = place.home;
    saveUser("testuser1");
    const made = await init({ storage: join(place.storage, "before"), name: "nomad" });
    await made.Artifact.save(Buffer.from("copied"), { key: "copied.txt" });
    writeFileSync(join(place.storage, "before", "in-place.txt"), "in place");
    await made.Artifact.save(join(place.storage, "before", "in-place.txt"));
    await setDefault(undefined);
    renameSync(join(place.storage, "before"), join(place.storage, "after"));
    const error = await refused(connect("testuser1/nomad"), "not-found");
    expect(error.hint).toContain("lineal");
    const moved = await connect(join(place.storage, "after"));
    for (const artifact of await moved.Artifact.filter()) expect(artifact.path).toContain(join(place.storage, "after"));
    expect(await (await moved.Artifact.get({ key: "copied.txt" })).load()).toBe("copied");
    expect(await (await moved.Artifact.get({ key: "in-place.txt" })).load()).toBe("in place");
    expect((await moved.Artifact.save(join(place.storage, "after", "in-place.txt"))).version).toBe("0000");
    await setDefault(undefined);
    expect((await connect("testuser1/nomad")).storage).toBe(join(place.storage, "after"));
  });

  test("two instances of one name in one home: the second is a conflict", async () => {
    await using place = await freshPlace("sqlite");
    const made: Instance[] = [];
    for (const home of ["a", "b"]) {
      process.env.LINEAL_HOME = join(place.home, home);
      saveUser("testuser1");
      made.push(await init({ storage: join(place.storage, home), name: "same" }));
    }
    expect(made[0]?.uid).not.toBe(made[1]?.uid);
    const error = await refused(connect(join(place.storage, "a")), "conflict");
    expect(error.message).toContain("testuser1/same");
  });

  test("a half-made folder is no instance, and init finishes it", async () => {
    await using place = await freshPlace("sqlite");
    process.env.LINEAL_HOME = place.home;
    saveUser("testuser1");
    mkdirSync(join(place.storage, ".lineal"));
    writeFileSync(join(place.storage, ".lineal", "lineal.db"), "");
    await refused(connect(place.storage), "unavailable");
    const made = await init({ storage: place.storage, name: "half" });
    expect(await made.User.filter().count()).toBe(1);
    expect((await connect(place.storage)).uid).toBe(made.uid);
  });

  test("a damaged database is unavailable with a hint, unreadable settings too and name the file", async () => {
    await using place = await freshPlace("sqlite");
    process.env.LINEAL_HOME = place.home;
    saveUser("testuser1");
    await init({ storage: place.storage, name: "damaged" });
    await setDefault(undefined);
    const settings = join(place.home, "instances", "testuser1", "damaged.json");
    const good = readFileSync(settings, "utf8");
    writeFileSync(settings, "{ not json");
    expect((await refused(connect("testuser1/damaged"), "unavailable")).message).toContain(settings);
    expect((await refused(Artifact.filter(), "unavailable")).hint).toContain("rm");
    writeFileSync(settings, good);
    cpSync(join(place.storage, ".lineal", "lineal.db"), join(place.work, "good.db"));
    writeFileSync(join(place.storage, ".lineal", "lineal.db"), "this is no database".repeat(1000));
    await refused(connect("testuser1/damaged"), "unavailable");
  });

  test("a database that is locked for longer than the timeout: unavailable, and nothing is half-written", async () => {
    await using place = await freshPlace("sqlite");
    process.env.LINEAL_HOME = place.home;
    process.env.LINEAL_CACHE_DIR = join(place.home, "cache");
    saveUser("testuser1");
    await init({ storage: place.storage, name: "locked" });
    const impatient = await connectTo("testuser1/locked", { timeout: 30 });
    await Artifact.save(Buffer.from("before"), { key: "a.txt" });
    const other = new DatabaseSync(join(place.storage, ".lineal", "lineal.db"));
    other.exec("begin immediate");
    await refused(Artifact.save(Buffer.from("while"), { key: "a.txt" }), "unavailable");
    expect(await Artifact.filter().count()).toBe(1); // readers do not wait
    other.exec("rollback");
    other.close();
    expect((await Artifact.save(Buffer.from("while"), { key: "a.txt" })).version).toBe("0001");
    await impatient.close();
  });
});

/** The server through a port of our own, which can be closed. */
async function wayTo(url: string): Promise<{ url: string; close(): Promise<void> }> {
  const target = new URL(url);
  const { hostname, port } = target;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = createConnection(Number(port), hostname);
    for (const end of [socket, onward]) open.add(end.on("error", () => {}));
    socket.pipe(onward).pipe(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  target.port = String((server.address() as AddressInfo).port);
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await once(server.close(), "close");
  };
  return { url: target.href, close };
}

describe("a PostgreSQL server that goes away", () => {
  test("in the middle of a save: unavailable, nothing half-written, and the next save works", async () => {
    await using lab = await Lab.open({ name: "postgres", fresh: () => freshPlace("postgres") });
    const client = new Client({ connectionString: lab.place.db ?? "" });
    await client.connect();
    // Holds the save inside its transaction, then ends its connection.
    await client.query("select pg_advisory_lock(hashtextextended('key:held.txt', 0))");
    await lab.ln.User.filter().count();
    const save = lab.ln.Artifact.save(Buffer.from("held"), { key: "held.txt" });
    const outcome = refused(save, "unavailable");
    let ended = 0;
    while (ended === 0) {
      const { rows } = await client.query(
        "select pg_terminate_backend(pid) as ended from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()",
      );
      ended = rows.length;
      await new Promise((done) => setTimeout(done, 10));
    }
    await outcome;
    expect(await lab.ln.Artifact.filter().count()).toBe(0);
    expect(await lab.count(sql`select count(*) as n from object`)).toBe(0);
    await client.query("select pg_advisory_unlock_all()");
    expect((await lab.ln.Artifact.save(Buffer.from("held"), { key: "held.txt" })).version).toBe("0000");
    // Connections that died while nobody used them are replaced without a word.
    await client.query(
      "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    expect(await lab.ln.Artifact.filter().count()).toBe(1);
    expect((await lab.ln.Artifact.save(Buffer.from("held 2"), { key: "held.txt" })).version).toBe("0001");
    await client.end();
  });

  test("for good: reads and writes are unavailable, and the password is not told", async () => {
    await using place = await freshPlace("postgres");
    process.env.LINEAL_HOME = place.home;
    saveUser("testuser1");
    const way = await wayTo(place.db ?? "");
    const made = await init({ storage: place.storage, name: "lost", db: way.url });
    await made.Artifact.save(Buffer.from("x"), { key: "x.txt" });
    await way.close();
    const { password } = new URL(way.url);
    const uses = [
      () => made.Artifact.filter(),
      () => made.Artifact.save(Buffer.from("y"), { key: "y.txt" }),
      () => connect("testuser1/lost", { default: false }),
    ];
    for (const use of uses) {
      const error = await refused(use(), "unavailable");
      expect(`${error.message} ${error.hint}`).not.toContain(password);
    }
    expect(made.db).not.toContain(password);
    await setDefault(undefined);
  });
});
