/** How long one small file takes to save, in a process of its own, with a run and without. */
import { fileURLToPath } from "node:url";
import { type Bench, type Row, runProgram } from "./measure.ts";
import { freshInstance } from "./place.ts";

const worker = fileURLToPath(new URL("./save-one-worker.ts", import.meta.url));

export const bench: Bench = {
  title: "Save of one small file",
  async run({ quick }) {
    const rows: Row[] = [];
    for (const tracked of [false, true]) {
      const instance = await freshInstance();
      await instance.close();
      const env = { ...process.env, LINEAL_INSTANCE: instance.slug };
      const said = runProgram(
        process.execPath,
        ["--conditions=lineal-source", worker, instance.storage, String(quick ? 20 : 300), String(tracked)],
        { env },
      );
      const times = JSON.parse(said) as Record<string, [ours: number, plain: number]>;
      for (const [what, [seconds, plain]] of Object.entries(times))
        rows.push({
          what: `${what}, ${tracked ? "tracked" : "untracked"}`,
          seconds,
          floor: { what: FLOORS[what] ?? "", seconds: plain },
        });
    }
    return rows;
  },
};

const FLOORS: Record<string, string> = {
  "in place": "read, SHA-256, one row in SQLite",
  copied: "the same, and write, fsync, rename",
  value: "JSON, SHA-256, write, fsync, rename, one row",
};
