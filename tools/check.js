/** `npm run check`: types, format, lint, and the house rules (architecture, dead exports), each with its time. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const steps = [
  ["types", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json"],
  ["format", "node_modules/@biomejs/biome/bin/biome", "format", "."],
  ["lint", "node_modules/@biomejs/biome/bin/biome", "lint", "--error-on-warnings", "."],
  [
    "architecture and dead exports",
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project=unit",
    "test/architecture.test.ts",
  ],
];

const failed = steps.filter(([name, ...args]) => {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  process.stdout.write(
    `${name}: ${status === 0 ? "ok" : "FAILED"} (${((performance.now() - start) / 1000).toFixed(1)} s)\n`,
  );
  return status !== 0;
});
process.exitCode = failed.length > 0 ? 1 : 0;
