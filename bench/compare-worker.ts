/** What `compare.ts` times in one checkout: everyday calls of the public API. Prints seconds by name as JSON. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Lineal from "../src/index.ts";

const { CHECKOUT = "", DATABASE, SIZE = "1" } = process.env;
const size = Number(SIZE);
const folder = mkdtempSync(join(tmpdir(), "lineal-compare-"));
Object.assign(process.env, {
  LINEAL_HOME: join(folder, "home"),
  LINEAL_CACHE_DIR: join(folder, "cache"),
  LINEAL_VERBOSITY: "error",
  NO_COLOR: "1",
});
const ln: typeof Lineal = await import(pathToFileURL(join(CHECKOUT, "src", "index.ts")).href);
const times: Record<string, number> = {};

async function time<T>(name: string, call: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await call();
  times[name] = (performance.now() - start) / 1000;
  return result;
}

const files = (name: string, count: number, bytes: number): string => {
  mkdirSync(join(folder, name));
  for (let i = 0; i < count; i++) writeFileSync(join(folder, name, `${i}.txt`), `${i}`.padEnd(bytes, name));
  return join(folder, name);
};

try {
  await ln.init({ storage: join(folder, "storage"), ...(DATABASE ? { db: DATABASE } : {}) });
  const { Artifact, Run, Transform } = ln;
  await time("100 values saved, one by one", async () => {
    for (let i = 0; i < 100 * size; i++) await Artifact.save({ i }, { key: `values/${i}.json` });
  });
  const many = files("many", 2000 * size, 4096);
  await time("2,000 files of 4 kB saved with saveDir", () => Artifact.saveDir(many));
  await time("the same again", () => Artifact.saveDir(many));
  await time("200 versions of one key", async () => {
    for (let i = 0; i < 200 * size; i++) await Artifact.save({ version: i }, { key: "one.json" });
  });
  writeFileSync(join(folder, "big.bin"), Buffer.alloc(256 << 20, "lineal"));
  await time("256 MB copied and hashed", () => Artifact.save(join(folder, "big.bin"), { key: "big.bin" }));
  const transform = await Transform.save({ key: "step.ts", kind: "pipeline" });
  let last: Lineal.Artifact | undefined;
  await time("a chain of 200 runs", async () => {
    for (let i = 0; i < 200 * size; i++) {
      const run = await Run.save({ transform, name: `run ${i}` });
      if (last) await last.load({ isRunInput: run });
      last = await Artifact.save({ step: i }, { key: `chain/${i}.json`, run });
    }
  });
  const end = last as Lineal.Artifact;
  await time("100 × get by key", async () => {
    for (let i = 0; i < 100; i++) await Artifact.get({ key: `chain/${i}.json` });
  });
  await time("100 pages by time", async () => {
    for (let i = 0; i < 100; i++) await Artifact.filter({}).orderBy("-createdAt").limit(20);
  });
  await time("100 pages through a relation", async () => {
    for (let i = 0; i < 100; i++) await Artifact.filter({ run: { transform } }).orderBy("-createdAt").limit(20);
  });
  await time("100 searches", async () => {
    for (let i = 0; i < 100; i++) await Artifact.search("chain").limit(20);
  });
  await time("100 × load of a value", async () => {
    for (let i = 0; i < 100; i++) await end.load({ isRunInput: false });
  });
  await time("20 × lineage of a chain of 200", async () => {
    for (let i = 0; i < 20; i++) await end.lineage({ upstream: "all" });
  });
  await time("20 × staleness of a chain of 200", async () => {
    for (let i = 0; i < 20; i++) await end.staleness();
  });
  const first = await Artifact.get({ key: "chain/0.json" });
  await time("20 × impact of a chain of 200", async () => {
    for (let i = 0; i < 20; i++) await first.impact();
  });
  writeFileSync(
    join(folder, "script.ts"),
    `const ln = await import(${JSON.stringify(pathToFileURL(join(CHECKOUT, "src", "index.ts")).href)});
await ln.track(); await ln.Artifact.save({ a: 1 }, { key: "tracked.json" }); await ln.finish();\n`,
  );
  const run = (args: string[]): void => {
    const child = spawnSync(process.execPath, ["--conditions=lineal-source", ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    if (child.status !== 0) throw new Error(`${args.join(" ")}: ${child.stderr}`);
  };
  await time("5 tracked scripts", async () => {
    for (let i = 0; i < 5; i++) run([join(folder, "script.ts")]);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(JSON.stringify(times));
