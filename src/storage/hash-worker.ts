/** Hashes (and on the way copies) big files in worker threads, so that the main thread stays free. */

import { Worker } from "node:worker_threads";
import { fsError } from "./fs-error.ts";

/** A file to hash; with `copyTo`, its bytes are written there too (mode 0444) and are on disk before the hash comes back. */
export interface Job {
  readonly path: string;
  readonly copyTo?: string | undefined;
}

/** What was read: the SHA-256 in hex and the number of bytes. */
export interface Digest {
  readonly hash: string;
  readonly size: number;
}

type Message =
  | { index: number; bytes: number }
  | { index: number; digest: Digest }
  | { failure: { message: string; code: string | undefined; path: string } };

// Plain JavaScript in a string, not a file of its own: it runs the same from source and from any bundle.
const program = `
const { openSync, readSync, writeSync, fsyncSync, closeSync } = process.getBuiltinModule("node:fs");
const { createHash } = process.getBuiltinModule("node:crypto");
const { parentPort } = process.getBuiltinModule("node:worker_threads");
const buffer = Buffer.allocUnsafeSlow(1 << 20);
parentPort.on("message", ({ index, path, copyTo }) => {
  let input, output, busy = path;
  try {
    input = openSync(path, "r");
    busy = copyTo;
    if (copyTo !== undefined) output = openSync(copyTo, "wx", 0o444);
    const hash = createHash("sha256");
    let size = 0;
    for (;;) {
      busy = path;
      const read = readSync(input, buffer, 0, buffer.length, null);
      if (read === 0) break;
      busy = copyTo;
      for (let at = 0; output !== undefined && at < read; ) at += writeSync(output, buffer, at, read - at);
      hash.update(read === buffer.length ? buffer : buffer.subarray(0, read));
      size += read;
      parentPort.postMessage({ index, bytes: read });
    }
    busy = copyTo;
    if (output !== undefined) fsyncSync(output);
    parentPort.postMessage({ index, digest: { hash: hash.digest("hex"), size } });
  } catch (error) {
    parentPort.postMessage({ failure: { message: error.message, code: error.code, path: busy } });
  } finally {
    if (input !== undefined) closeSync(input);
    if (output !== undefined) closeSync(output);
  }
});
`;

/** Digests in the order of `jobs`, read by up to two workers; the first failure ends all. */
export async function digestInWorkers(jobs: readonly Job[], onBytes: (bytes: number) => void): Promise<Digest[]> {
  const digests: Digest[] = [];
  let next = 0;
  const workers: Worker[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      // No execArgv: loaders and flags of the main program have no business in here.
      const worker = new Worker(program, { eval: true, execArgv: [] });
      workers.push(worker);
      const start = (): void => {
        const index = next++;
        const job = jobs[index];
        if (job === undefined) resolve();
        else worker.postMessage({ index, path: job.path, copyTo: job.copyTo });
      };
      worker.on("error", reject);
      worker.on("exit", () => reject(new Error("the hashing thread ended early")));
      worker.on("message", (message: Message) => {
        try {
          if ("bytes" in message) return onBytes(message.bytes);
          if ("failure" in message) {
            const { code, path } = message.failure;
            return reject(fsError(Object.assign(new Error(message.failure.message), { code }), path));
          }
          digests[message.index] = message.digest;
          start();
        } catch (error) {
          reject(error);
        }
      });
      start();
    });
  try {
    await Promise.all(Array.from({ length: Math.min(2, jobs.length) }, work));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return digests;
}
