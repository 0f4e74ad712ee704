/** Saves and purges of the same bytes, stopped after each of their steps and all at once: never a row without bytes. */
import sql from "sql-template-tag";
import { afterAll, beforeAll, expect, test } from "vitest";
import { execute } from "../../../src/db/operation.ts";
import { commit } from "../../../src/registries/artifact/commit.ts";
import { contentOfText } from "../../../src/registries/artifact/content.ts";
import { BytesVanished, claim, markObjects, purge, removeMarked } from "../../../src/registries/artifact/objects.ts";
import { internalPlan } from "../../../src/registries/artifact/save.ts";
import { objectKey } from "../../../src/storage/backend.ts";
import { hashBytes } from "../../../src/storage/hash.ts";
import { checkBytes, forEachStorage, type Lab } from "../lab.ts";

forEachStorage((open, far) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await open();
  });
  afterAll(async () => {
    await checkBytes(lab);
    await lab.close();
  });

  /** Bytes that nothing refers to. */
  const orphan = async (text: string) => {
    const bytes = Buffer.from(text);
    await lab.connection.defaultBackend.put({ bytes }, { suffix: ".txt" });
    return { hash: hashBytes(bytes), suffix: ".txt", size: bytes.length };
  };
  const mark = (...names: Awaited<ReturnType<typeof orphan>>[]) => {
    const { connection } = lab;
    const objects = { storage: connection.defaultStorage, names };
    return connection.write(() => markObjects(connection.database.dialect, connection.now(), objects));
  };
  const save = (text: string, key = "saved.txt") => lab.ln.Artifact.save(Buffer.from(text), { key });
  const marks = () => lab.count(sql`select count(*) as n from object where purging_since is not null`);

  test.each(["marking", "removing the bytes"])(
    "a purge that ended after %s: a save stores the bytes again",
    async (step) => {
      const text = `purge ended after ${step}`;
      const name = await orphan(text);
      expect(await mark(name)).toBe(true);
      if (step !== "marking") await lab.connection.defaultBackend.remove([objectKey(name.hash, name.suffix)]);
      // Far away, a save waits until the purge is surely dead; here it may give up sooner.
      if (far) await claim(lab.connection, [name], 0).catch((error) => expect(error).toBeInstanceOf(BytesVanished));
      const artifact = await save(text);
      expect([await artifact.load(), await marks()]).toEqual([text, 0]);
      await removeMarked(lab.connection, lab.connection.defaultStorage);
      expect(await artifact.load()).toBe(text);
    },
  );

  test("what a dead purge left marked goes with the next one", async () => {
    const [one, two] = [await orphan("left one"), await orphan("left two")];
    expect([await mark(one, two), await marks()]).toEqual([true, 2]);
    await (await save("deleted")).delete({ permanent: true });
    const left = await lab.count(sql`select count(*) as n from object where hash in (${one.hash}, ${two.hash})`);
    expect([left, await marks()]).toEqual([0, 0]);
    for (const { hash, suffix } of [one, two])
      expect(await lab.connection.defaultBackend.stat(objectKey(hash, suffix))).toBeUndefined();
  });

  test("marked though in use, as a version without marks may leave it: the mark goes, not the bytes", async () => {
    const artifact = await save("in use", "in-use.txt");
    const update = sql`update object set purging_since = created_at where hash = ${artifact.hash}`;
    await lab.connection.write(() => execute(update));
    await removeMarked(lab.connection, lab.connection.defaultStorage);
    expect([await artifact.load(), await marks()]).toEqual(["in use", 0]);
  });

  test("a save that begins while a purge removes the same bytes", async () => {
    for (let round = 0; round < 5; round++) {
      const text = `removed meanwhile ${round}`;
      await mark(await orphan(text));
      const [artifact] = await Promise.all([
        save(text, `meanwhile${round}.txt`),
        removeMarked(lab.connection, lab.connection.defaultStorage),
      ]);
      expect(await artifact.load()).toBe(text);
    }
  });

  test.each(["purged", "marked", "purged and saved by somebody else"])(
    "bytes are stored, and %s before the row is written: the row is not written",
    async (what) => {
      const text = `stored and then ${what}`;
      const { connection } = lab;
      const content = await contentOfText(connection, text, ".txt");
      if (what === "marked") await mark(...content.objects);
      else await purge(connection, { storage: connection.defaultStorage, names: content.objects });
      const other = what.endsWith("else") ? await save(text, "other.txt") : undefined;
      const writer = await connection.writer();
      const writing = connection.write(() => commit(connection, writer, [internalPlan(connection, content, "late")]));
      // On a disk the bytes are looked for, and a mark is nothing to fear: they are removed under the same lock.
      if (far || what === "purged") await expect(writing).rejects.toThrow(BytesVanished);
      else await writing;
      await checkBytes(lab);
      expect(await other?.load()).toBe(other && text);
      await removeMarked(connection, connection.defaultStorage);
      await checkBytes(lab);
    },
  );

  test("many that save and purge the same bytes at once", async () => {
    const turns = async (me: number): Promise<void> => {
      for (let i = 0; i < 10; i++) {
        const text = `contended ${(me + i) % 3}`;
        const artifact = await save(text, `contended/${me}.txt`);
        expect(await artifact.load()).toBe(text);
        await artifact.delete({ permanent: true });
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, me) => turns(me)));
    await checkBytes(lab);
    expect(await marks()).toBe(0);
    expect(await lab.ln.Artifact.filter({ key: { startsWith: "contended/" } }).count()).toBe(0);
    for (const text of ["contended 0", "contended 1", "contended 2"]) {
      const { hash, suffix } = await orphan(text);
      expect(await lab.count(sql`select count(*) as n from object where hash = ${hash} and suffix = ${suffix}`)).toBe(
        0,
      );
    }
  });
});
