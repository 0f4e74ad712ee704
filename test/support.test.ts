/** The tests' own tools: fresh places on both databases, child processes, kills. */
import { existsSync } from "node:fs";
import { Client } from "pg";
import { expect, test } from "vitest";
import { runScript } from "./support/child.ts";
import { forEachDatabase } from "./support/dialects.ts";

forEachDatabase(({ name, fresh }) => {
  test("a place is fresh and goes away", async () => {
    const place = await fresh();
    expect([place.storage, place.home, place.work].map((path) => existsSync(path))).toEqual([true, true, true]);
    expect(place.db === undefined).toBe(name === "sqlite");
    if (place.db !== undefined) {
      const client = new Client({ connectionString: place.db });
      await client.connect();
      await client.query("create table t (name text)");
      await client.query("insert into t values ('b'), ('B'), ('a')");
      const { rows } = await client.query("select name from t order by name");
      expect(
        rows.map((row) => row.name),
        "the default collation is not bytewise",
      ).toEqual(["a", "b", "B"]);
      await client.end();
      const other = await fresh();
      expect(other.db).not.toBe(place.db);
    }
    await place.dispose();
    expect(existsSync(place.storage)).toBe(false);
  });
});

test("code runs as TypeScript with arguments, environment and input", async () => {
  const code =
    "const text: string = process.env.WORD ?? '';\nprocess.stdin.pipe(process.stdout);\nprocess.stderr.write(text + process.argv[2]);\nprocess.exitCode = 3;";
  expect(await runScript(code, { env: { WORD: "a" }, args: ["b"], input: "in" })).toEqual({
    stdout: "in",
    stderr: "ab",
    code: 3,
    signal: null,
  });
});

test("a script is killed when its output says so", async () => {
  const result = await runScript("process.stdout.write('ready\\n');\nsetInterval(() => {}, 1000);", {
    kill: { after: "ready" },
  });
  expect(result).toMatchObject({ signal: "SIGKILL", code: null, stdout: "ready\n" });
});
