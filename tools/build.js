/** Builds `dist/`: JavaScript in lazy chunks by rolldown, types by tsc, and the bin that any Node can read. */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import options from "../rolldown.config.js";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
rmSync("dist", { recursive: true, force: true });

const bundle = await rolldown(options);
const { output } = await bundle.write(options.output);
await bundle.close();
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
copyFileSync("tools/bin.js", "dist/bin.js");
chmodSync("dist/bin.js", 0o755);

const bytes = output.reduce((sum, file) => sum + (file.type === "chunk" ? file.code.length : 0), 0);
process.stdout.write(
  `dist/: ${output.filter((file) => file.type === "chunk").length} chunks, ${Math.round(bytes / 1024)} kB of JavaScript\n`,
);
