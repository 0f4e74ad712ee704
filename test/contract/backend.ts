/** What every storage backend must do; run it over each of them. */

import { createHash } from "node:crypto";
import { mkdtempSync, mkdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chunksOf } from "../../src/ground/bytes.ts";
import type { Backend } from "../../src/storage/backend.ts";
import { fetchToCache, materialise } from "../../src/storage/cache.ts";
import { putFolder } from "../../src/storage/folder.ts";
import { manifestHash, parseManifest } from "../../src/storage/manifest.ts";
import { putFiles } from "../../src/storage/put.ts";
import { StatCache } from "../../src/storage/stat-cache.ts";

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** All bytes of a stored file, read in order. */
export async function readAll(backend: Backend, key: string): Promise<Buffer> {
  const source = await backend.open(key);
  const parts = await all(chunksOf(source));
  await source.close();
  return Buffer.concat(parts);
}

/** Registers the contract's tests for the backend that `make` gives for a scratch folder. */
export function backendContract(name: string, make: (scratch: string) => Backend): void {
  describe(`backend contract: ${name}`, () => {
    let scratch: string;
    let backend: Backend;
    beforeAll(() => {
      scratch = mkdtempSync(join(tmpdir(), "lineal-backend-"));
      backend = make(scratch);
    });
    afterAll(() => rmSync(scratch, { recursive: true, force: true }));
    const file = (path: string, content: string | Uint8Array): string => {
      const full = join(scratch, path);
      mkdirSync(join(full, ".."), { recursive: true });
      writeFileSync(full, content);
      return full;
    };

    it("stores bytes, a file and a stream of the same content once, under a name made of their hash", async () => {
      const hash = sha256("a,b\n1,2\n");
      const first = await backend.put({ bytes: bytesOf("a,b\n1,2\n") }, { suffix: ".csv" });
      expect(first).toEqual({
        key: `.lineal/objects/${hash.slice(0, 2)}/${hash}.csv`,
        hash,
        suffix: ".csv",
        size: 8,
        created: true,
      });
      const again = { ...first, created: false };
      expect(await backend.put({ path: file("table.csv", "a,b\n1,2\n") }, { suffix: ".csv" })).toEqual(again);
      const stream = new Response("a,b\n1,2\n").body;
      if (stream === null) throw new Error("no body");
      expect(await backend.put({ stream }, { suffix: ".csv" })).toEqual(again);
      expect((await backend.put({ bytes: bytesOf("a,b\n1,2\n") }, { suffix: ".txt" })).created).toBe(true);
      expect(await readAll(backend, first.key)).toEqual(Buffer.from("a,b\n1,2\n"));
      expect(await backend.stat(first.key)).toEqual({ size: 8 });
    });

    it("keeps the empty file", async () => {
      const { key, hash, size } = await backend.put({ bytes: new Uint8Array() }, { suffix: "" });
      expect({ hash, size }).toEqual({ hash: sha256(""), size: 0 });
      expect(await readAll(backend, key)).toHaveLength(0);
      const source = await backend.open(key);
      expect(await source.slice(0)).toHaveLength(0);
      await source.close();
    });

    it("keeps files that take a worker or many chunks, and tells their progress", async () => {
      const big = Buffer.alloc((9 << 20) + 7, "0123456789");
      const steps: [number, number | undefined][] = [];
      const stored = await backend.put(
        { path: file("big.bin", big) },
        { suffix: ".bin", onProgress: (...step) => steps.push(step) },
      );
      expect(stored.hash).toBe(sha256(big));
      expect(steps.at(-1)).toEqual([big.length, big.length]);
      expect((await backend.put({ bytes: big }, { suffix: ".bin" })).created).toBe(false);
      const parts = (async function* () {
        for (let at = 0; at < big.length; at += 500_001) yield big.subarray(at, at + 500_001);
      })();
      expect(await backend.put({ stream: parts }, { suffix: ".bin2" })).toMatchObject({
        hash: stored.hash,
        size: big.length,
        created: true,
      });
      expect((await readAll(backend, stored.key)).equals(big)).toBe(true);
    });

    it("reads ranges as Array.slice does", async () => {
      const { key } = await backend.put({ bytes: bytesOf("0123456789") }, { suffix: ".txt" });
      const source = await backend.open(key);
      expect(source.byteLength).toBe(10);
      for (const [start, end] of [
        [0, 4],
        [3, undefined],
        [8, 99],
        [-3, undefined],
        [-4, -2],
        [5, 2],
        [12, 14],
      ] as const) {
        expect(Buffer.from(await source.slice(start, end)).toString()).toBe("0123456789".slice(start, end));
      }
      await source.close();
      await source.close();
    });

    it("eight concurrent puts of the same bytes leave one whole object", async () => {
      const bytes = Buffer.alloc(100_000, "concurrent");
      const stored = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          backend.put(index % 2 ? { bytes } : { stream: new Blob([bytes]).stream() }, { suffix: ".par" }),
        ),
      );
      expect(new Set(stored.map(({ key }) => key)).size).toBe(1);
      expect(stored.some(({ created }) => created)).toBe(true);
      expect((await readAll(backend, stored[0]?.key ?? "")).equals(bytes)).toBe(true);
      const objects = await all(backend.list(".lineal/"));
      expect(objects.filter(({ key }) => key.endsWith(".par"))).toHaveLength(1);
      expect(objects.filter(({ key }) => key.includes("/tmp/"))).toEqual([]);
    });

    it("files that are known and stored are not read again; others are", async () => {
      const known = new StatCache(join(scratch, "known"));
      const files = [file("known/a.x", "known a"), file("known/b.x", "known b")].map((path) => ({
        path,
        suffix: ".x",
      }));
      for (const { path } of files) utimesSync(path, 1_600_000_000, 1_600_000_000);
      const first = await putFiles(backend, files, { known });
      expect(first.map(({ hash }) => hash)).toEqual([sha256("known a"), sha256("known b")]);
      const seen: number[] = [];
      const again = await putFiles(backend, files, { known, onProgress: (done) => seen.push(done) });
      expect([again, seen]).toEqual([first.map((one) => ({ ...one, created: false })), []]);
      await backend.remove([first[1]?.key ?? ""]);
      expect(await putFiles(backend, files, { known })).toEqual([{ ...first[0], created: false }, first[1]]);
      writeFileSync(files[0]?.path ?? "", "other a");
      expect((await putFiles(backend, files, { known }))[0]?.hash).toBe(sha256("other a"));
    });

    it("stores before it returns, where it can", async () => {
      const stored = backend.putSync?.(bytesOf("at the end"), ".log");
      const again = await backend.put({ bytes: bytesOf("at the end") }, { suffix: ".log" });
      expect(stored).toEqual(backend.putSync && { ...again, created: true });
      expect(again.created).toBe(stored === undefined);
    });

    it("a source that fails half-way leaves nothing and shows its own error", async () => {
      const before = await all(backend.list(""));
      const failing = (async function* (): AsyncGenerator<Uint8Array> {
        yield bytesOf("half");
        throw new RangeError("source broke");
      })();
      await expect(backend.put({ stream: failing }, { suffix: ".f" })).rejects.toThrow(RangeError);
      const text = (async function* () {
        yield "text" as unknown as Uint8Array;
      })();
      await expect(backend.put({ stream: text }, { suffix: ".f" })).rejects.toMatchObject({ code: "invalid" });
      await expect(backend.put({ path: join(scratch, "missing") }, { suffix: ".f" })).rejects.toMatchObject({
        code: "not-found",
      });
      await expect(backend.put({ path: scratch }, { suffix: ".f" })).rejects.toMatchObject({ code: "invalid" });
      for (const suffix of ["csv", "./x", ".a\\b", ".\0"])
        await expect(backend.put({ bytes: bytesOf("s") }, { suffix })).rejects.toMatchObject({ code: "invalid" });
      expect(await all(backend.list(""))).toEqual(before);
    });

    it("lists by prefix, removes, and says what is missing", async () => {
      const { key } = await backend.put({ bytes: bytesOf("short-lived") }, { suffix: ".gone" });
      expect((await all(backend.list(key.slice(0, 30)))).map((one) => one.key)).toContain(key);
      expect(await all(backend.list(".lineal/nothing/"))).toEqual([]);
      await backend.remove([key, key]);
      await backend.remove([]);
      await backend.remove([key]);
      expect(await backend.stat(key)).toBeUndefined();
      await expect(backend.open(key)).rejects.toMatchObject({ code: "not-found" });
      await expect(readAll(backend, key)).rejects.toMatchObject({ code: "not-found" });
    });

    it("stores a folder as objects and a manifest, and lays it out again", async () => {
      file("folder/a.txt", "A");
      file("folder/deep/b.csv", "B");
      file("folder/deep/copy.csv", "B");
      file("folder/.hidden", "H");
      file("folder/.lineal/x", "not this");
      const { manifest, entries } = await putFolder(backend, join(scratch, "folder"));
      expect(entries.map(({ path }) => path).sort()).toEqual([".hidden", "a.txt", "deep/b.csv", "deep/copy.csv"]);
      expect(manifest.hash).toBe(manifestHash(entries));
      const parsed = parseManifest((await readAll(backend, manifest.key)).toString());
      const target = join(scratch, "cache", manifest.hash);
      expect(await materialise(backend, parsed, target)).toBe(target);
      const again = await putFolder(backend, target);
      expect(again.manifest).toEqual({ ...manifest, created: false });
    });

    it("fetches a key to this machine's disk", async () => {
      const { key } = await backend.put({ bytes: bytesOf("fetch me") }, { suffix: ".txt" });
      const into = join(scratch, "cache");
      const path = await fetchToCache(backend, key, into);
      expect(sha256(await readFile(path))).toBe(sha256("fetch me"));
      expect(await fetchToCache(backend, key, into)).toBe(path);
      if (!backend.local) {
        rmSync(path);
        writeFileSync(path, "torn");
        expect(sha256(await readFile(await fetchToCache(backend, key, into)))).toBe(sha256("fetch me"));
      } else {
        // A damaged object is not taken for the same bytes: the next put heals it.
        truncateSync(path, 3);
        expect((await backend.put({ bytes: bytesOf("fetch me") }, { suffix: ".txt" })).created).toBe(true);
        expect(await readAll(backend, key)).toEqual(Buffer.from("fetch me"));
      }
    });

    it("keys cannot leave the root", async () => {
      for (const key of ["../x", "a/../../x", "/etc/passwd", ""]) {
        expect(() => backend.url(key)).toThrow(expect.objectContaining({ code: "invalid" }));
      }
    });
  });
}
