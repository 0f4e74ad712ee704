/** Many processes of the packed package at once on one instance, each tracking runs that save artifacts, beside one process alone. */
import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bench, type Row, secondsOf } from "./measure.ts";
import { databases, freshFolder, freshInstance, packedProject } from "./place.ts";

const source = fileURLToPath(new URL("./processes-worker.ts", import.meta.url));
const PROCESSES = 8;

export const bench: Bench = {
  title: "Processes at once",
  async run({ quick }) {
    const runs = quick ? 2 : 200;
    const rows: Row[] = [];
    const worker = join(packedProject(), "worker.ts");
    copyFileSync(source, worker);
    for (const name of (await databases()).names) {
      const instance = await freshInstance(name);
      const alone = await secondsOf(() => worked(worker, instance.slug, "alone", runs));
      const { seconds, errors } = await atOnce(worker, instance.slug, runs);
      const total = runs * (PROCESSES + 1);
      const lost = [
        total - (await instance.Run.filter({ status: "completed" }).count()),
        3 * total - (await instance.Artifact.filter().count()),
      ];
      const families = await instance.Artifact.filter({ isLatest: true }).toTable();
      const twice = families.length - new Set(families.rows().map((row) => row.key)).size;
      rows.push({
        what: `${PROCESSES} processes × ${runs} runs × 3 artifacts, ${name}`,
        seconds,
        amount: { count: runs * PROCESSES, unit: "runs" },
        floor: { what: "1 process", seconds: alone * PROCESSES },
        aim: {
          text: "no error, no lost row, one latest per family",
          met: errors.length === 0 && lost.every((n) => n === 0) && twice === 0,
        },
        note: `${seconds.toFixed(1)} s; ${errors.length} errors${errors[0] ? ` (${errors[0]})` : ""}; lost: ${lost[0]} runs, ${lost[1]} artifacts; families with two latest: ${twice}`,
      });
      await instance.close();
    }
    return rows;
  },
};

async function atOnce(worker: string, slug: string, runs: number): Promise<{ seconds: number; errors: string[] }> {
  const errors: string[] = [];
  const seconds = await secondsOf(() =>
    Promise.all(
      Array.from({ length: PROCESSES }, (_, i) =>
        worked(worker, slug, `p${i}`, runs).catch((error: Error) => errors.push(error.message)),
      ),
    ),
  );
  return { seconds, errors };
}

function worked(worker: string, slug: string, who: string, runs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [worker, who, String(runs)], {
      cwd: freshFolder(),
      env: { ...process.env, LINEAL_INSTANCE: slug },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 && said === "" ? resolve() : reject(new Error(said.trim().slice(0, 500) || `exit code ${code}`)),
    );
  });
}
