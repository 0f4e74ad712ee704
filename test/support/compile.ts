/** Asks the TypeScript compiler about files, under the project's settings. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "./repository.ts";

/** What the compiler says of these files; empty when all is well. */
export async function compile(files: readonly string[], ...flags: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "lineal-compile-"));
  const settings = join(folder, "tsconfig.json");
  const typeRoots = [join(repository, "node_modules", "@types")];
  writeFileSync(
    settings,
    JSON.stringify({ extends: join(repository, "tsconfig.json"), compilerOptions: { typeRoots }, include: [], files }),
  );
  const tsc = join(repository, "node_modules", "typescript", "bin", "tsc");
  try {
    return await new Promise((resolve) =>
      execFile(
        process.execPath,
        [tsc, "-p", settings, "--pretty", "false", ...flags],
        { timeout: 50_000, killSignal: "SIGKILL" },
        (error, stdout) => resolve(error?.killed ? "the compiler did not end" : stdout),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
