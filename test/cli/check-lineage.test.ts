/** `lineal check-lineage` as it is typed: what it prints, and its exit codes. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "../support/child.ts";

test("says what is missing, for people and for programs; needs no instance", { timeout: 120_000 }, async () => {
  const cwd = mkdtempSync(join(tmpdir(), "lineal-check-"));
  try {
    writeFileSync(join(cwd, "good.ts"), `import * as ln from "lineal";\nawait ln.track();\nawait ln.Artifact.save("a.csv");\n`);
    writeFileSync(join(cwd, "bad.py"), `import lamindb as ln\nln.track()\nopen("b.csv")\n`);

    expect(await cli(["check-lineage", "good.ts"], { cwd })).toMatchObject({ code: 0, stdout: "tracked  good.ts\n", stderr: "" });
    const both = await cli(["check-lineage", "good.ts", "bad.py"], { cwd });
    expect(both.code).toBe(1);
    expect(both.stdout).toMatchInlineSnapshot(`
      "tracked  good.ts
      not fully tracked  bad.py
        Missing ln.finish() call in script.
        File not tracked in lineal: b.csv (line 3)
      "
    `);
    const json = await cli(["check-lineage", "good.ts", "none.mjs", "--json"], { cwd });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual({
      items: [
        { file: "good.ts", isFullyTracked: true, missingLineage: [] },
        { file: "none.mjs", isFullyTracked: false, missingLineage: ["File not found: none.mjs"] },
      ],
      total: 2,
    });
    expect(await cli(["check-lineage"], { cwd })).toMatchObject({ code: 2, stdout: "" });
    const twice = await cli(["check-lineage", "good.ts", "./good.ts", "bad.py", "good.ts", "--json"], { cwd });
    expect(JSON.parse(twice.stdout)).toMatchObject({ items: [{ file: "good.ts" }, { file: "bad.py" }], total: 2 });
    mkdirSync(join(cwd, "scripts"));
    expect(await cli(["check-lineage", "good.ts", "scripts"], { cwd })).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/scripts is a folder[\s\S]*scripts\/\*\.ts/),
    });
    expect(await cli(["check-lineage", "table.csv"], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("table.csv is no TypeScript, JavaScript or Python"),
    });
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
