/** What only a real disk can show: kills, full and read-only disks, permissions, sources that change. */

import { appendFileSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localBackend } from "../../src/storage/local.ts";
import { backendContract } from "../contract/backend.ts";
import { runChild, runChildAsync, runUnder, startChild } from "./children.ts";
import { scratchFolder } from "./scratch.ts";

backendContract("local", (scratch) => localBackend(join(scratch, "root")));

const filesIn = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((one) => one.isFile())
        .map((one) => one.name)
    : [];

it("objects are read-only files below the root", async () => {
  const root = scratchFolder();
  const backend = localBackend(`${root}/`);
  const { key } = await backend.put({ bytes: Buffer.from("x") }, { suffix: ".txt" });
  expect([backend.root, backend.url(key), backend.local?.path(key)]).toEqual([root, join(root, key), join(root, key)]);
  expect(statSync(join(root, key)).mode & 0o777).toBe(0o444);
  expect(filesIn(join(root, ".lineal/tmp"))).toEqual([]);
});

it("a file that changes while it is copied is a conflict, and nothing of it is kept", async () => {
  const root = scratchFolder();
  const path = join(root, "growing");
  writeFileSync(path, Buffer.alloc(24 << 20, 1));
  let once = false;
  const onProgress = (): void => {
    if (!once) appendFileSync(path, "more");
    once = true;
  };
  const backend = localBackend(join(root, "store"));
  await expect(backend.put({ path }, { suffix: "", onProgress })).rejects.toMatchObject({ code: "conflict" });
  await expect(backend.putFiles?.([{ path, suffix: "" }], () => appendFileSync(path, "more"))).rejects.toMatchObject({
    code: "conflict",
  });
  expect(filesIn(join(root, "store"))).toEqual([]);
});

it.each(["SIGKILL", "SIGTERM"] as const)(
  "a process ended by %s in the middle of a put leaves only a draft, which is swept when old",
  async (signal) => {
    const root = scratchFolder();
    const child = await startChild(`
    const { localBackend } = await load("local.ts");
    async function* slow() {
      yield new Uint8Array(3_000_000);
      console.log("written");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }
    await localBackend(${JSON.stringify(root)}).put({ stream: slow() }, { suffix: ".bin" });
  `);
    await child.kill(signal);
    expect(filesIn(join(root, ".lineal/objects"))).toEqual([]);
    expect(filesIn(join(root, ".lineal/tmp"))).toHaveLength(1);
    const backend = localBackend(root);
    expect(backend.local?.sweep(3_600_000)).toBe(0);
    expect(backend.local?.sweep(0)).toBe(1);
    expect(filesIn(join(root, ".lineal"))).toEqual([]);
  },
);

it("a kill during a folder leaves only whole objects and drafts", async () => {
  const root = scratchFolder();
  mkdirSync(join(root, "many"));
  for (let i = 0; i < 600; i++) writeFileSync(join(root, `many/${i}.txt`), `content of file ${i}`);
  const child = await startChild(`
    const { localBackend } = await load("local.ts");
    const { putFolder } = await load("folder.ts");
    const onProgress = (done) => { if (done > 6_000) { process.stdout.write("go"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000); } };
    await putFolder(localBackend(${JSON.stringify(join(root, "store"))}), ${JSON.stringify(join(root, "many"))}, { onProgress });
  `);
  await child.kill("SIGKILL");
  const objects = readdirSync(join(root, "store/.lineal/objects"), { recursive: true, withFileTypes: true }).filter(
    (one) => one.isFile(),
  );
  expect(objects.length).toBeGreaterThan(0);
  const backend = localBackend(join(root, "store"));
  for (const one of objects) {
    const again = await backend.put({ path: join(one.parentPath, one.name) }, { suffix: ".txt" });
    expect(again).toMatchObject({ hash: one.name.slice(0, 64), created: false });
  }
});

it("eight processes that put the same bytes agree", async () => {
  const root = scratchFolder();
  const body = `
    const { localBackend } = await load("local.ts");
    const stored = [];
    for (let i = 0; i < 20; i++) stored.push(await localBackend(${JSON.stringify(root)}).put({ bytes: Buffer.alloc(50_000, "n" + i) }, { suffix: ".bin" }));
    console.log(stored.map(({ hash }) => hash).join());
  `;
  const outputs = await Promise.all(Array.from({ length: 8 }, () => runChildAsync(body)));
  expect(new Set(outputs).size).toBe(1);
  expect(filesIn(join(root, ".lineal/objects")).sort()).toEqual(
    (outputs[0] ?? "")
      .trim()
      .split(",")
      .map((hash) => `${hash}.bin`)
      .sort(),
  );
  expect(filesIn(join(root, ".lineal/tmp"))).toEqual([]);
});

/** Puts small, large, streamed and many sources into `root`, and prints the codes they fail with and the files left. */
function tryAll(root: string, source: string): string {
  return `
    const { localBackend } = await load("local.ts");
    const { readdirSync } = await import("node:fs");
    const backend = localBackend(${JSON.stringify(root)});
    const many = Array.from({ length: 3 }, () => ({ path: ${JSON.stringify(source)}, suffix: ".many" }));
    const tries = [
      () => backend.put({ bytes: Buffer.alloc(6_000_000, 1) }, { suffix: ".bytes" }),
      () => backend.put({ path: ${JSON.stringify(source)} }, { suffix: ".path" }),
      () => backend.put({ stream: new Blob([Buffer.alloc(6_000_000, 2)]).stream() }, { suffix: ".stream" }),
      () => backend.putFiles(many),
    ];
    const codes = [];
    for (const attempt of tries) codes.push(await attempt().then(() => "stored", (error) => error.code + (error.hint ? "" : " without hint")));
    let left = [];
    try { left = readdirSync(backend.root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => one.name); } catch {}
    console.log(JSON.stringify({ codes, left }));
  `;
}

/** True when this machine lets a process mount in a namespace of its own. */
const canMount = runUnder("unshare -rm true", "") !== undefined;

/** Shell text: the rest of the command runs with a tmpfs at `at` that no other process sees. */
const mounting = (options: string, at: string): string =>
  `exec unshare -rm sh -c 'mount -t tmpfs -o ${options} none "$0" && exec "$@"' '${at}' "$0" "$@"`;

it(`a full disk is unavailable and leaves nothing behind (shown by ${canMount ? "a 2 MB tmpfs" : "a limit on file size, as mounting is not allowed here"})`, () => {
  const dir = scratchFolder();
  const source = join(dir, "source");
  writeFileSync(source, Buffer.alloc(9 << 20, 3));
  const root = join(dir, "store");
  mkdirSync(root);
  const body = tryAll(root, source);
  const output = canMount ? runUnder(mounting("size=2m", root), body) : runUnder("ulimit -f 2048", body);
  const all = ["unavailable", "unavailable", "unavailable", "unavailable"];
  expect(JSON.parse(output ?? "null")).toEqual({ codes: all, left: [] });
});

it.runIf(canMount)("a read-only disk is forbidden", () => {
  const dir = scratchFolder();
  const source = join(dir, "source");
  writeFileSync(source, Buffer.alloc(9 << 20, 3));
  const root = join(dir, "store");
  mkdirSync(root);
  const output = runUnder(mounting("ro", root), tryAll(root, source));
  expect(JSON.parse(output ?? "null")).toEqual({ codes: Array(4).fill("forbidden"), left: [] });
});

it("a folder without permission is forbidden, for writing and for reading", () => {
  const dir = scratchFolder();
  const output = runChild(`
    const { mkdirSync, writeFileSync, chmodSync, chownSync } = await import("node:fs");
    const { localBackend } = await load("local.ts");
    const dir = ${JSON.stringify(dir)};
    mkdirSync(dir + "/closed", { mode: 0o555 });
    writeFileSync(dir + "/secret", "s", { mode: 0 });
    chmodSync(dir, 0o777);
    if (process.getuid() === 0) process.setuid(65534); // root may write anywhere
    const code = (error) => error.code;
    console.log(await localBackend(dir + "/closed/store").put({ bytes: Buffer.from("x") }, { suffix: "" }).catch(code));
    console.log(await localBackend(dir + "/open").put({ path: dir + "/secret" }, { suffix: "" }).catch(code));
  `);
  expect(output.trim().split("\n")).toEqual(["forbidden", "forbidden"]);
});
