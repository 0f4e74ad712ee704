/** Saves small files one by one, in turns with the plainest code that keeps as much; prints the medians. */
import { hash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as ln from "lineal";
import { inTurns } from "./measure.ts";

const [storage = "", rounds = "0", tracked] = process.argv.slice(2);
const folders = { inside: join(storage, "data"), outside: `${storage}-outside`, plain: `${storage}-plain` };
for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
const plain = new DatabaseSync(join(folders.plain, "plain.db"));
plain.exec(
  "pragma journal_mode = wal; pragma synchronous = normal; create table file (id integer primary key, path text, hash text unique, size integer)",
);
const insert = plain.prepare("insert into file (path, hash, size) values (?, ?, ?)");

let n = 0;
const text = (): string => `${`a,b\n${++n},${n * 7}\n`.padEnd(4096, "#")}\n`;
const newFile = (folder: string): string => {
  const path = join(folder, `${n + 1}.csv`);
  writeFileSync(path, text());
  return path;
};
const keep = (bytes: Uint8Array, copy: boolean): void => {
  const digest = hash("sha256", bytes, "hex");
  if (copy) {
    const target = join(folders.plain, digest);
    const file = openSync(`${target}.tmp`, "wx");
    writeSync(file, bytes);
    fsyncSync(file);
    closeSync(file);
    renameSync(`${target}.tmp`, target);
  }
  insert.run(digest, digest, bytes.length);
};

if (tracked === "true") await ln.track();
const times: Record<string, [number, number]> = {};
const measure = async (
  what: string,
  prepare: () => string,
  save: (source: string) => unknown,
  floor: (source: string) => void,
): Promise<void> => {
  const sources = Array.from({ length: Number(rounds) + 5 }, () => [prepare(), prepare()] as const);
  const turn = () => sources.pop() ?? (["", ""] as const);
  await save(turn()[0]);
  let pair = turn();
  const { ours, base } = await inTurns(Number(rounds), {
    ours: () => save(pair[0]),
    base: () => {
      floor(pair[1]);
      pair = turn();
    },
  });
  times[what] = [ours, base];
};
await measure(
  "in place",
  () => newFile(folders.inside),
  (path) => ln.Artifact.save(path),
  (path) => keep(readFileSync(path), false),
);
await measure(
  "copied",
  () => newFile(folders.outside),
  (path) => ln.Artifact.save(path, { key: `copied/${path.split("/").at(-1)}` }),
  (path) => keep(readFileSync(path), true),
);
await measure(
  "value",
  () => String(++n),
  (i) => ln.Artifact.save({ i, text: "x".repeat(4000) }, { key: `value/${i}.json` }),
  (i) => keep(Buffer.from(JSON.stringify({ i, text: "x".repeat(4000) })), true),
);
if (tracked === "true") await ln.finish();
process.stdout.write(JSON.stringify(times));
