/** The command as a program: exit codes, streams, and a reader that has seen enough. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runScript } from "../support/child.ts";
import { sourceEnvironment } from "../support/command-line.ts";
import { repository } from "../support/repository.ts";

const bin = join(repository, "src", "cli", "bin.ts");

test("the exit code tells what is done, refused and misused; answers go to stdout, failures to stderr", async () => {
  const [done, refused, misused] = await Promise.all(
    ["--version", "list artifact", "lsit"].map((line) => runScript(bin, { args: line.split(" ") })),
  );
  expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
  expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^Error: no instance/) });
  expect(misused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/^Error: unknown command/) });
});

test("a reader that has gone is no failure", () => {
  // `true` ends before the command has loaded.
  const line = `set -o pipefail; "${process.execPath}" "${bin}" --help | true`;
  const { status, stderr } = spawnSync("bash", ["-c", line], { encoding: "utf8", env: sourceEnvironment() });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
