/** Which backend a storage root opens, and which texts are local paths. */

import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { localPath, openBackend } from "../../src/storage/open.ts";

it("folders, file: URLs and memory: URLs open", () => {
  expect(openBackend("./some folder/")).toMatchObject({ type: "local", root: resolve("some folder") });
  expect(openBackend(pathToFileURL("/tmp/with space").href)).toMatchObject({ type: "local", root: "/tmp/with space" });
  expect(openBackend("memory://name/")).toMatchObject({ type: "memory", root: "memory://name" });
});

it.each(["s3://bucket/x", "https://example.org/", "gs://b", "s3:/b", "constructor://x"])(
  "%s is refused with the schemes there are",
  (root) => {
    const refusal = { code: "invalid", hint: expect.stringMatching(/file:.*memory:/) };
    expect(() => openBackend(root)).toThrow(expect.objectContaining(refusal));
  },
);

it("an empty root is refused, and a misspelt scheme gets a suggestion", () => {
  for (const root of ["", "memory://", "memory:///"])
    expect(() => openBackend(root)).toThrow(expect.objectContaining({ code: "invalid" }));
  const hint = expect.stringContaining("did you mean memory:");
  expect(() => openBackend("memry://x")).toThrow(expect.objectContaining({ hint }));
});

it("paths and file: URLs are local paths, other URLs are not", () => {
  expect(localPath("data/a.csv")).toBe(resolve("data/a.csv"));
  expect([localPath("file:///tmp/a%20b"), localPath(new URL("file:///tmp/c"))]).toEqual(["/tmp/a b", "/tmp/c"]);
  for (const url of ["s3://bucket/x", "https://example.org/a.csv", "file://host/share", new URL("https://x.org/")])
    expect(() => localPath(url)).toThrow(expect.objectContaining({ code: "invalid" }));
});
