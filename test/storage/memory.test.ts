/** The memory backend keeps the contract. */

import { expect, it } from "vitest";
import { memoryBackend } from "../../src/storage/memory.ts";
import { backendContract } from "../contract/backend.ts";

backendContract("memory", (scratch) => memoryBackend(`memory://${scratch.split("/").at(-1)}`));

it("the same name is the same bytes; what was stored does not change with the caller's buffer", async () => {
  const bytes = Buffer.from("mine");
  const { key } = await memoryBackend("memory://shared").put({ bytes }, { suffix: "" });
  bytes.fill("x");
  const source = await memoryBackend("memory://shared/").open(key);
  expect(Buffer.from(await source.slice(0)).toString()).toBe("mine");
});
