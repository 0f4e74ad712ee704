/** Console capture, in this process and in real ones. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { captureConsole, readReport } from "../../src/track/report.ts";

const module = new URL("../../src/track/report.ts", import.meta.url).href;
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "report-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program with a capture to `log`; `out(name)` is the path of a log. */
function program(body: string): { stdout: string; stderr: string; status: number | null } {
  const path = join(folder, "program.mjs");
  writeFileSync(
    path,
    `import { captureConsole } from ${JSON.stringify(module)}; import { spawnSync } from "node:child_process"; const out = (name) => ${JSON.stringify(`${folder}/`)} + name;\n${body}`,
  );
  const { stdout, stderr, status } = spawnSync(process.execPath, [path], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "--no-warnings" },
  });
  return { stdout, stderr, status };
}

const lines = (name: string) => readFileSync(join(folder, name), "utf8").split("\n").slice(1).join("\n");

describe("captureConsole", () => {
  test("copies both streams in order and still prints", () => {
    const result = program(`
      const capture = captureConsole({ file: out("a.txt"), header: "connected lineal: me/x" });
      console.log("one"); console.error("two"); process.stdout.write(Buffer.from("thr"));
      process.stdout.write("ee\\n", "utf8", () => process.stdout.write("six\\n"));
      process.stdout.write("666f7572", "hex"); process.stdout.write("\\n");
      capture.append("only in the log\\n");
      spawnSync("echo", ["child"], { stdio: "inherit" });
      setTimeout(() => { capture.stop(); capture.stop(); capture.append("late"); console.log("after"); }, 20);
    `);
    expect(result.status).toBe(0);
    expect(lines("a.txt")).toBe("one\ntwo\nthree\nfour\nonly in the log\nsix\n");
    expect(result.stdout).toBe("one\nthree\nfour\nchild\nsix\nafter\n");
    expect(result.stderr).toBe("two\n");
    const first = readFileSync(join(folder, "a.txt"), "utf8").split("\n")[0];
    expect(first).toContain("connected lineal: me/x");
    expect(first).toContain("children");
  });

  test("has everything written by the time the process dies", () => {
    const result = program(
      `captureConsole({ file: out("b.txt") }); console.log("last words"); process.kill(process.pid, "SIGKILL");`,
    );
    expect(result.status).toBe(null);
    expect(lines("b.txt")).toBe("last words\n");
  });

  test("keeps return values, callbacks and errors of write", () => {
    const result = program(`
      const before = process.stdout.write;
      const capture = captureConsole({ file: out("c.txt") });
      let threw = false;
      try { process.stdout.write(5); } catch (error) { threw = error.code === "ERR_INVALID_ARG_TYPE"; }
      const returned = process.stdout.write("");
      capture.stop();
      console.log(JSON.stringify([threw, typeof returned, process.stdout.write === before, Object.hasOwn(process.stdout, "write"), Object.hasOwn(process.stderr, "write")]));
    `);
    expect(JSON.parse(result.stdout)).toEqual([true, "boolean", true, false, false]);
  });

  test("nests, and overlaps", () => {
    program(`
      const outer = captureConsole({ file: out("outer.txt") });
      console.log("1");
      const inner = captureConsole({ file: out("inner.txt") });
      console.log("2");
      outer.stop();
      console.log("3");
      inner.stop();
      console.log("4");
    `);
    expect(lines("outer.txt")).toBe("1\n2\n");
    expect(lines("inner.txt")).toBe("2\n3\n");
  });

  test("leaves someone else's wrapper in place", () => {
    const result = program(`
      const capture = captureConsole({ file: out("d.txt") });
      const inner = process.stdout.write.bind(process.stdout);
      process.stdout.write = (chunk, ...rest) => inner("[" + String(chunk).trim() + "]\\n", ...rest);
      console.log("a");
      capture.stop();
      console.log("b");
      const again = captureConsole({ file: out("e.txt") });
      console.log("c");
      again.stop();
      console.log("d");
    `);
    expect(result.stdout).toBe("[a]\n[b]\n[c]\n[d]\n");
    expect(lines("d.txt")).toBe("[a]\n");
    expect(lines("e.txt")).toBe("c\n");
  });

  test("stops growing at its limit and says so", () => {
    const result = program(`
      const capture = captureConsole({ file: out("f.txt"), limit: 10 });
      process.stdout.write("12345"); process.stdout.write("67890abc"); process.stdout.write("def");
      capture.stop();
    `);
    expect(result.stdout).toBe("1234567890abcdef");
    expect(lines("f.txt")).toBe("1234567890\n… truncated: this report holds the first 10 B\n");
  });

  test("restores an own write property as it was", () => {
    const own = Object.getOwnPropertyDescriptor(process.stdout, "write");
    const capture = captureConsole({ file: join(folder, "g.txt") });
    expect(process.stdout.write).not.toBe(own?.value);
    capture.stop();
    expect(Object.getOwnPropertyDescriptor(process.stdout, "write")).toEqual(own);
  });
});

describe("readReport", () => {
  const read = (text: string) => {
    const path = join(folder, "read.txt");
    writeFileSync(path, text);
    return readReport(path);
  };

  test("shows progress as it ended, without escape codes", () => {
    expect(read("start\n 10%\r 50%\r100%\nnext\r\nlast 1\rlast 2\r")).toBe("start\n100%\nnext\nlast 2");
    expect(
      read("\u001b[32mgreen\u001b[0m \u001b]8;;https://x.org\u0007link\u001b]8;;\u0007\n\u001b[2K\u001b[1Gdone"),
    ).toBe("green link\ndone");
  });

  test("hides secrets", () => {
    expect(read(`token = "abc"\nconnecting to postgres://me:pw@host/db\n`)).toBe(
      `token = "***REDACTED***"\nconnecting to postgres://***REDACTED***@host/db\n`,
    );
  });
});
