/** `lineal check-lineage` as it is typed: what it prints, and its exit codes. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "../support/cli.ts";

test("says what is missing, for people and for programs; needs no instance", { timeout: 120_000 }, async () => {
  const cwd = mkdtempSync(join(tmpdir(), "lineal-check-"));
  try {
    writeFileSync(
      join(cwd, "good.ts"),
      `import * as ln from "lineal";\nawait ln.track();\nawait ln.Artifact.save("a.csv");\n`,
    );
    writeFileSync(join(cwd, "bad.py"), `import lamindb as ln\nln.track()\nopen("b.csv")\n`);

    expect(await cli(["check-lineage", "good.ts"], { cwd })).toMatchObject({
      code: 0,
      stdout: "tracked  good.ts\n",
      stderr: "",
    });
    const both = await cli(["check-lineage", "good.ts", "bad.py"], { cwd });
    expect(both.code).toBe(1);
    expect(both.stdout).toMatchInlineSnapshot(`
      "tracked  good.ts
      not fully tracked  bad.py
        Missing ln.finish() call in script.
        File not tracked in lineal: b.csv (line 3)
      "
    `);
    expect(await cli(["check-lineage"], { cwd })).toMatchObject({ code: 2, stdout: "" });

    const twice = await cli(["check-lineage", "good.ts", "./good.ts", "bad.py", "good.ts", "--json"], { cwd });
    expect(JSON.parse(twice.stdout)).toMatchObject({ items: [{ file: "good.ts" }, { file: "bad.py" }], total: 2 });
    mkdirSync(join(cwd, "scripts"));
    for (const [file, said] of [
      ["scripts", /scripts is a folder[\s\S]*scripts\/\*\.ts/],
      ["table.csv", /table\.csv is no TypeScript, JavaScript or Python/],
    ] as const) {
      expect(await cli(["check-lineage", file], { cwd })).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringMatching(said),
      });
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});

test("a file that cannot be read is told from one that is not tracked, and hides no other's answer", {
  timeout: 120_000,
}, async () => {
  const cwd = mkdtempSync(join(tmpdir(), "lineal-check-"));
  try {
    writeFileSync(join(cwd, "good.ts"), `import * as ln from "lineal";\nawait ln.track();\n`);
    writeFileSync(join(cwd, "bad.ts"), `import * as ln from "lineal";\nawait ln.track();\nuse("b.csv");\n`);
    writeFileSync(join(cwd, "broken.py"), "def f(:\n");
    mkdirSync(join(cwd, "scripts"));
    symlinkSync("loop.ts", join(cwd, "loop.ts"));
    const files = ["none.mjs", "good.ts", "broken.py", "bad.ts", "loop.ts"];
    const { code, stdout } = await cli(["check-lineage", ...files, "--json"], { cwd });
    expect(code).toBe(1);
    const failed = (file: string, code: string, message: string, hint: string) => ({
      file,
      status: "error",
      isFullyTracked: false,
      missingLineage: [message],
      error: { code, message, hint },
    });
    expect(JSON.parse(stdout)).toEqual({
      items: [
        failed("none.mjs", "not-found", "File not found: none.mjs", "Give the path of a script that exists."),
        { file: "good.ts", status: "tracked", isFullyTracked: true, missingLineage: [] },
        failed(
          "broken.py",
          "invalid",
          "Syntax error while parsing broken.py: unexpected input (line 1)",
          "See what is wrong: python -m py_compile broken.py",
        ),
        {
          file: "bad.ts",
          status: "untracked",
          isFullyTracked: false,
          missingLineage: ["File not tracked in lineal: b.csv (line 3)"],
        },
        failed("loop.ts", "unavailable", "File cannot be read: loop.ts (ELOOP)", "Look at it: ls -l loop.ts"),
      ],
      total: 5,
    });
    expect(await cli(["check-lineage", "none.mjs"], { cwd })).toMatchObject({
      code: 1,
      stdout: "error  none.mjs\n  File not found: none.mjs\n  Give the path of a script that exists.\n",
      stderr: "",
    });
    const misused = await cli(["check-lineage", "scripts", "good.ts", "none.mjs"], { cwd });
    expect(misused.code).toBe(2);
    expect(misused.stdout).toMatchInlineSnapshot(`
      "error  scripts
        scripts is a folder
        Give the scripts in it: scripts/*.ts
      tracked  good.ts
      error  none.mjs
        File not found: none.mjs
        Give the path of a script that exists.
      "
    `);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
});
