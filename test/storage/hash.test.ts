/** Hashes are those of every byte, whichever thread reads them. */

import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hashBytes, hashFiles, smallFile } from "../../src/storage/hash.ts";
import { statFile } from "../../src/storage/file.ts";
import { scratchFolder } from "./scratch.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

it("knows the hash of nothing", () => {
  expect(hashBytes(new Uint8Array())).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

it.each([0, 1, 4096, smallFile, smallFile + 1, smallFile + (1 << 20)])("a file of %i bytes", async (size) => {
  const path = join(scratchFolder(), "file");
  const bytes = Buffer.alloc(size, "some text that repeats");
  writeFileSync(path, bytes);
  const seen: number[] = [];
  expect(await hashFiles([path], { onProgress: (done) => seen.push(done) })).toEqual([
    { path, hash: sha256(bytes), size, stat: statFile(path) },
  ]);
  expect(seen.at(-1)).toBe(size);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

it("many files come back in the order given, from this thread and from workers", async () => {
  const dir = scratchFolder();
  const sizes = [10, 30 << 20, 0, 300 << 10, 20, 40 << 20, 5];
  const paths = sizes.map((size, index) => {
    const path = join(dir, `f${index}`);
    writeFileSync(path, Buffer.alloc(size, `${index}`));
    return path;
  });
  const steps: [number, number | undefined][] = [];
  const hashed = await hashFiles(paths, { onProgress: (...step) => steps.push(step) });
  expect(hashed.map(({ path, hash, size }) => ({ path, hash, size }))).toEqual(
    paths.map((path, index) => ({ path, hash: sha256(readFileSync(path)), size: sizes[index] })),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(steps.at(-1)).toEqual([total, total]);
  expect(await hashFiles([])).toEqual([]);
});

it.each(["appended to", "replaced by a file of the same size"])(
  "a file that is %s while it is hashed is a conflict",
  async (how) => {
    const dir = scratchFolder();
    const path = join(dir, "busy");
    const bytes = Buffer.alloc(24 << 20, 1);
    writeFileSync(path, bytes);
    writeFileSync(join(dir, "other"), bytes);
    let changed = false;
    const hashing = hashFiles([path], {
      onProgress() {
        if (changed) return;
        changed = true;
        if (how === "appended to") appendFileSync(path, "more");
        else renameSync(join(dir, "other"), path);
      },
    });
    await expect(hashing).rejects.toMatchObject({ code: "conflict", hint: expect.stringMatching(/./) });
  },
);

it("missing files and folders are refused; an error in a progress callback reaches the caller", async () => {
  const dir = scratchFolder();
  await expect(hashFiles([join(dir, "missing")])).rejects.toMatchObject({
    code: "not-found",
    hint: expect.stringMatching(/./),
  });
  await expect(hashFiles([dir])).rejects.toMatchObject({ code: "invalid" });
  await expect(hashFiles(["/dev/zero"])).rejects.toMatchObject({ code: "invalid" });
  const path = join(dir, "big");
  writeFileSync(path, Buffer.alloc(10 << 20));
  const fail = (): never => {
    throw new RangeError("no");
  };
  await expect(hashFiles([path], { onProgress: fail })).rejects.toThrow(RangeError);
});
