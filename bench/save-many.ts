/** Ten thousand small files with `saveDir`, beside the two programs that hash and copy them. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, median, runProgram, secondsOf } from "./measure.ts";
import { freshFolder, freshInstance } from "./place.ts";

const FILE_BYTES = 4096;

export const bench: Bench = {
  title: "Many small files with saveDir",
  async run({ quick }) {
    const count = quick ? 1000 : 10_000;
    const times: Record<"inPlace" | "again" | "copied" | "sums" | "copies", number[]> = {
      inPlace: [],
      again: [],
      copied: [],
      sums: [],
      copies: [],
    };
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      const storage = freshFolder();
      const data = join(storage, "data");
      const outside = freshFolder();
      makeFiles(data, count);
      makeFiles(outside, count);
      const instance = await freshInstance("SQLite", storage);
      times.sums.push(await secondsOf(() => sha256sum(outside)));
      times.inPlace.push(await secondsOf(() => instance.Artifact.saveDir(data)));
      times.again.push(await secondsOf(() => instance.Artifact.saveDir(data)));
      times.copies.push(await secondsOf(() => runProgram("cp", ["-r", outside, freshFolder()])));
      times.copied.push(await secondsOf(() => instance.Artifact.saveDir(outside, { key: "copied" })));
      const saved = await instance.Artifact.filter().count();
      if (saved !== 2 * count) throw new Error(`${saved} artifacts instead of ${2 * count}`);
      await instance.close();
    }
    const amount = { count, unit: "files" };
    const [sums, copies] = [median(times.sums), median(times.copies)];
    const inPlace = median(times.inPlace);
    return [
      {
        what: "in place",
        seconds: inPlace,
        amount,
        floor: { what: "sha256sum", seconds: sums },
        aim: { text: "≥ 5,000 files/s", met: count / inPlace >= 5000 },
      },
      {
        what: "in place, nothing changed",
        seconds: median(times.again),
        amount,
        floor: { what: "sha256sum", seconds: sums },
      },
      {
        what: "copied",
        seconds: median(times.copied),
        amount,
        floor: { what: "sha256sum, and cp -r", seconds: sums + copies },
        note: "cp does not wait for the disk; a copy that Lineal registers is on it",
      },
    ];
  },
};

function makeFiles(folder: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const part = join(folder, String(i % 100));
    if (i < 100) mkdirSync(part, { recursive: true });
    writeFileSync(join(part, `${i}.txt`), randomBytes(FILE_BYTES));
  }
}

/** As few starts of the program as a command line allows. */
function sha256sum(folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".txt"));
  runProgram("xargs", ["sha256sum"], { cwd: folder, input: names.join("\n") });
}
