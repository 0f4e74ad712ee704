/** Sources: their hashes when things move or change, titles, keys. */

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LinealError } from "../../src/ground/errors.ts";
import { isSourceFile, keyFor, kindOfFile, readSource } from "../../src/code/source.ts";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "source-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("readSource", () => {
  test("of one file has the file's own hash, and stores no secret", async () => {
    const text = `const apiKey = "abc123";\nconsole.log(apiKey);\n`;
    const source = await readSource(write("a.ts", text));
    expect(source).toMatchObject({
      path: join(folder, "a.ts"),
      text,
      hash: sha256(text),
      versionHash: sha256(text),
      modules: [],
    });
    expect(source.redacted).toBe(`const apiKey = "***REDACTED***";\nconsole.log(apiKey);\n`);
    expect(source.codeHash).toBe(source.entryHash);
  });

  test("changes with a module, not with the place of the checkout", async () => {
    const entry = write("one/main.ts", `import { x } from "./lib/x.ts"; console.log(x);`);
    write("one/lib/x.ts", "export const x = 1;");
    const before = await readSource(entry);
    cpSync(join(folder, "one"), join(folder, "two"), { recursive: true });
    const moved = await readSource(join(folder, "two/main.ts"));
    expect(moved.versionHash).toBe(before.versionHash);
    expect(moved.codeHash).toBe(before.codeHash);
    expect(before.versionHash).not.toBe(before.hash);

    write("one/lib/x.ts", "export const x = 1; // a note");
    const commented = await readSource(entry);
    expect(commented.versionHash).not.toBe(before.versionHash);
    expect(commented.codeHash).toBe(before.codeHash);

    write("one/lib/x.ts", "export const x = 2;");
    expect((await readSource(entry)).codeHash).not.toBe(before.codeHash);
  });

  test("that does not parse falls back to its bytes", async () => {
    const source = await readSource(write("broken.ts", "const = 1"));
    expect([source.entryHash, source.codeHash, source.versionHash]).toEqual([
      undefined,
      `sha256:${source.hash}`,
      source.hash,
    ]);
  });

  test("of other languages has text and hash only", async () => {
    const source = await readSource(write("run.sh", "export API_KEY=abc123\ncat in > out\n"));
    expect(source).toMatchObject({ modules: [], entryHash: undefined, hash: source.versionHash });
    expect(source.redacted).toBe("export API_KEY=***REDACTED***\ncat in > out\n");
    expect("title" in source).toBe(false);
  });

  test("of Python compares what it does, not how it looks", async () => {
    const text = `def f(a, b=1):\n    return a + b\n\nif f(1):\n    print('x', f"{f(2)} #")\n    done = {"a": [1, 2]}\n`;
    const code = async (changed: string): Promise<string> => (await readSource(write("run.py", changed))).codeHash;
    const before = await readSource(write("run.py", text));
    expect(before).toMatchObject({ hash: sha256(text), versionHash: sha256(text), codeHash: before.entryHash });
    for (const [what, changed] of Object.entries({
      comments: `# a\n${text.replace("+ b", "+ b  # sum").replace("    print", "# odd\n    print")}`,
      "white space": text.replace("a + b", "a+b").replaceAll("    ", "  ").replace("return a+b", "return a+ \\\n b"),
      "line ends": text.replaceAll("\n", "\r\n"),
      "broken lines": text.replace("(a, b=1)", "(\n  a,\n  b=1 # last\n)"),
    })) {
      expect(changed, what).not.toBe(text);
      expect(await code(changed), what).toBe(before.codeHash);
      expect((await readSource(join(folder, "run.py"))).versionHash, what).not.toBe(before.versionHash);
    }
    for (const changed of [
      text.replace("    done", "done"),
      text.replace("'x'", `"x"`),
      text.replace("a, b=1", "a, c=1").replace("a + b", "a + c"),
      text.replace("a + b", "a - b"),
      text.replace("'x'", "'x '"),
      text.replace(`#"`, `# "`),
      text.replace("[1, 2]", "(1, 2)"),
      text.replace("[1, 2]", "(1,)"),
      text.replace("[1, 2]", "(1)"),
      text.replace("b=1", "b: int = 1"),
      text.replace("    return", "    'Adds.'\n    return"),
    ]) {
      expect(changed).not.toBe(text);
      expect(await code(changed), changed).not.toBe(before.codeHash);
    }
    expect(await code(text.replace("[1, 2]", "(1,)"))).not.toBe(await code(text.replace("[1, 2]", "(1)")));
    expect(await code("%matplotlib inline\n")).toBe(`sha256:${sha256("%matplotlib inline\n")}`);
  });

  test("of a notebook compares its code cells", async () => {
    const notebook = (words: string, code: string, language: string) =>
      JSON.stringify({
        cells: [
          { cell_type: "markdown", source: words },
          { cell_type: "code", source: code },
        ],
        metadata: { kernelspec: { language } },
      });
    const read = async (words: string, code: string, language = "python") =>
      readSource(write("n.ipynb", notebook(words, code, language)));
    const first = await read("why", "print(1)");
    const commented = await read("because", "# one\nprint( 1 )");
    expect(commented.codeHash).toBe(first.codeHash);
    expect(commented.versionHash).not.toBe(first.versionHash);
    expect((await read("why", "print(2)")).codeHash).not.toBe(first.codeHash);
    // A cell that is no plain Python is compared as it is, and so is another language.
    expect((await read("", "%time f()")).codeHash).not.toBe((await read("", "%time  f()")).codeHash);
    expect((await read("", "print(1)", "R")).codeHash).not.toBe((await read("", "print( 1 )", "R")).codeHash);
  });

  test("changes with the bytes of JSON that it imports", async () => {
    const entry = write("main.mjs", `import data from "./d.json" with { type: "json" };`);
    const code = async (json: string): Promise<string> => {
      write("d.json", json);
      return (await readSource(entry)).codeHash;
    };
    expect(await code(`{"k":1}`)).toMatch(/^js1:/);
    expect(await code(`{"k":1}`)).not.toBe(await code(`{"k":2}`));
  });

  test("follows a symbolic link, and reads a program without a suffix", async () => {
    write("lib.js", "module.exports = 1");
    symlinkSync(write("tool", `#!/usr/bin/env node\nrequire("./lib.js")`), join(folder, "link"));
    const source = await readSource(join(folder, "link"));
    expect(source.path).toBe(join(folder, "tool"));
    expect(source.modules.map((module) => module.path)).toEqual(["lib.js"]);
  });

  test("refuses a file that is not there", async () => {
    await expect(readSource(join(folder, "none.ts"))).rejects.toThrow(LinealError);
    await expect(readSource(join(folder, "none.ts"))).rejects.toMatchObject({ code: "not-found" });
  });

  test("of a notebook keeps its version when outputs or the title change", async () => {
    const notebook = (title: string, code: string, output: string) =>
      JSON.stringify({
        cells: [
          { cell_type: "markdown", source: [`# ${title}\n`, "text"] },
          { cell_type: "code", source: code, outputs: [output], execution_count: output.length },
        ],
      });
    const first = await readSource(write("n.ipynb", notebook("Title", "print(1)", "1")));
    const rerun = await readSource(write("n.ipynb", notebook("Other", "print(1)", "11")));
    const changed = await readSource(write("n.ipynb", notebook("Title", "print(2)", "1")));
    expect(first.title).toBe("Title");
    expect(rerun.title).toBe("Other");
    expect(rerun.versionHash).toBe(first.versionHash);
    expect(rerun.hash).not.toBe(first.hash);
    expect(changed.versionHash).not.toBe(first.versionHash);
  });
});

test("the title of a notebook is its first heading outside of code", async () => {
  const titleOf = async (name: string, text: string) => (await readSource(write(name, text))).title;
  expect(await titleOf("a.qmd", '---\ntitle: "From header"\n---\n# H1')).toBe("From header");
  expect(await titleOf("a.Rmd", "---\noutput: html\n---\n```{r}\n# comment\n```\n\n# Real one #\n")).toBe("Real one");
  const cells = [
    { cell_type: "code", source: "# no" },
    { cell_type: "markdown", source: "## no\n# yes" },
  ];
  expect(await titleOf("a.ipynb", JSON.stringify({ cells }))).toBe("yes");
  expect(await titleOf("a.ipynb", "{")).toBeUndefined();
  expect(await titleOf("a.ts", "# no")).toBeUndefined();
});

test("kindOfFile and isSourceFile go by suffix", () => {
  expect(["a.ipynb", "b.Rmd", "c.qmd"].map(kindOfFile)).toEqual(["notebook", "notebook", "notebook"]);
  expect(["a.ts", "b.R", "c.sh", "d"].map(kindOfFile)).toEqual(["script", "script", "script", "script"]);
  expect(
    [".ts", ".js", ".mjs", ".py", ".ipynb", ".R", ".Rmd", ".qmd", ".sh"].every((suffix) => isSourceFile(`x${suffix}`)),
  ).toBe(true);
  expect(["x.csv", "x.txt", "x.json", "ts", "x.ts.gz"].some(isSourceFile)).toBe(false);
});

test("keyFor is the path below dev-dir, else the filename", () => {
  const path = write("dev/sub/a.ts", "");
  symlinkSync(join(folder, "dev"), join(folder, "link"));
  expect(keyFor(path)).toEqual({ key: "a.ts", outsideDevDir: false });
  expect(keyFor(path, join(folder, "dev"))).toEqual({ key: "sub/a.ts", outsideDevDir: false });
  expect(keyFor(path, join(folder, "link"))).toEqual({ key: "sub/a.ts", outsideDevDir: false });
  expect(keyFor(write("deviation/a.ts", ""), join(folder, "dev"))).toEqual({ key: "a.ts", outsideDevDir: true });
  expect(keyFor(write("dev/..odd.ts", ""), join(folder, "dev"))).toEqual({ key: "..odd.ts", outsideDevDir: false });
});
