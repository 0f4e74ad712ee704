/** Which keys are allowed, and which key a path has. */

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { relativeKey, validateKey } from "../../src/storage/keys.ts";
import { scratchFolder } from "./scratch.ts";

it.each(["a.csv", "raw/2024/a b.csv", "ünï/🧬.txt", ".hidden/x", "a..b", "...", "x".repeat(1024), "lineal/x"])(
  "%j is a key",
  (key) => {
    expect(() => validateKey(key)).not.toThrow();
  },
);

it.each([
  "",
  "..",
  ".",
  "a/../b",
  "./a",
  "a/.",
  "a\\b",
  "/a",
  "a//b",
  "a/",
  "a\0b",
  "a\nb",
  "a\tb",
  "\ud800",
  ".lineal",
  ".lineal/x",
  "a/.lineal/b",
  "a/.LINEAL/b",
  "x".repeat(1025),
])("%j is refused with a hint", (key) => {
  expect(() => validateKey(key)).toThrow(
    expect.objectContaining({ code: "invalid", hint: expect.stringMatching(/./) }),
  );
});

it("an accepted key stays inside any root", () => {
  const segment = fc.oneof(fc.constantFrom("..", ".", "", ".lineal", "a", "b c", "\\"), fc.string());
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
      const key = segments.join("/");
      try {
        validateKey(key);
      } catch {
        return;
      }
      expect(relative("/root", join("/root", key))).toBe(key);
    }),
  );
});

it("paths inside the root have a key, through links too; others have none", () => {
  const dir = scratchFolder();
  mkdirSync(join(dir, "root/raw"), { recursive: true });
  mkdirSync(join(dir, "root/.lineal/objects"), { recursive: true });
  mkdirSync(join(dir, "outside"));
  mkdirSync(join(dir, "root-too"));
  for (const path of ["root/raw/a.csv", "outside/b.csv", "root-too/c.csv", "root/..d"])
    writeFileSync(join(dir, path), "x");
  symlinkSync(join(dir, "root"), join(dir, "link"));
  symlinkSync(join(dir, "outside/b.csv"), join(dir, "root/out.csv"));
  const root = join(dir, "root");
  expect(relativeKey(root, join(dir, "root/raw/a.csv"))).toBe("raw/a.csv");
  expect(relativeKey(root, join(dir, "link/raw/a.csv"))).toBe("raw/a.csv");
  expect(relativeKey(join(dir, "link"), join(dir, "root/raw"))).toBe("raw");
  expect(relativeKey(root, join(dir, "link/raw/not-yet/x.csv"))).toBe("raw/not-yet/x.csv");
  expect(relativeKey(root, join(dir, "root/..d"))).toBe("..d");
  expect(relativeKey(root, join(dir, "outside/b.csv"))).toBeUndefined();
  expect(relativeKey(root, join(dir, "root-too/c.csv"))).toBeUndefined();
  expect(relativeKey(root, join(dir, "root/out.csv"))).toBeUndefined();
  expect(relativeKey(root, dir)).toBeUndefined();
  expect(relativeKey("/", join(dir, "root/raw/a.csv"))).toBe(join(dir, "root/raw/a.csv").slice(1));
  expect(relativeKey(root, root)).toBe("");
  for (const inside of [".lineal", ".lineal/objects", ".lineal/not-yet"]) {
    expect(() => relativeKey(root, join(root, inside))).toThrow(expect.objectContaining({ code: "invalid" }));
  }
});
