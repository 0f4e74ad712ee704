/** The hash of one large file, beside `sha256sum` and beside one thread that reads and hashes. */
import { createHash, randomBytes } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { hashFiles } from "../src/storage/hash.ts";
import { type Bench, inTurns, runProgram } from "./measure.ts";
import { freshFolder } from "./place.ts";

export const bench: Bench = {
  title: "Hash of a large file",
  async run({ quick, size }) {
    const path = join(freshFolder(), "large.bin");
    const file = openSync(path, "w");
    for (let left = size; left > 0; left -= 1 << 20) writeSync(file, randomBytes(Math.min(left, 1 << 20)));
    closeSync(file);
    const t = await inTurns(quick ? 1 : 3, {
      sum: () => runProgram("sha256sum", [path]),
      ours: () => hashFiles([path]),
      thread: () => oneThread(path),
    });
    rmSync(path);
    const what = `${(size / 1024 ** 3).toFixed(2)} GB`;
    return [
      {
        what,
        seconds: t.ours,
        floor: { what: "sha256sum", seconds: t.sum },
        aim: { text: "≤ 1.2 ×", met: t.ours <= 1.2 * t.sum },
      },
      {
        what,
        seconds: t.ours,
        floor: { what: "read and hash in one thread", seconds: t.thread },
        note: "some builds of sha256sum do not use the processor's SHA instructions, Node's does",
      },
    ];
  },
};

function oneThread(path: string): string {
  const file = openSync(path, "r");
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafeSlow(1 << 20);
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
    hash.update(buffer.subarray(0, read));
  closeSync(file);
  return hash.digest("hex");
}
