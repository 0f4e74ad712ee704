/** Which backend a storage root opens. */

import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { openBackend } from "../../src/storage/open.ts";

it("folders, file: URLs and memory: URLs open", async () => {
  expect(await openBackend("./some folder/")).toMatchObject({ type: "local", root: resolve("some folder") });
  expect(await openBackend(pathToFileURL("/tmp/with space").href)).toMatchObject({
    type: "local",
    root: "/tmp/with space",
  });
  expect(await openBackend("memory://name/")).toMatchObject({ type: "memory", root: "memory://name" });
});

it.each(["s3://bucket/x", "https://example.org/", "gs://b", "s3:/b", "constructor://x"])(
  "%s is refused with the schemes there are",
  async (root) => {
    await expect(openBackend(root)).rejects.toMatchObject({
      code: "invalid",
      hint: expect.stringMatching(/file:.*memory:/),
    });
  },
);

it("an empty root is refused, and a misspelt scheme gets a suggestion", async () => {
  await expect(openBackend("")).rejects.toMatchObject({ code: "invalid" });
  await expect(openBackend("memry://x")).rejects.toMatchObject({
    hint: expect.stringContaining("did you mean memory:"),
  });
});
