/** Runs the commands of the examples in processes of their own, straight from this checkout's sources. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "./steps.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Where commands run, and where their settings are. */
export interface Place {
  /** The working directory; made when it is not there. */
  folder: string;
  /** The settings home, apart from the user's own. */
  home: string;
  /** The instance that is meant, whatever directory the checkout lies in. */
  instance: string;
}

/** How a command ended. `output` is empty when it went to the terminal. */
export interface Ended {
  code: number;
  output: string;
}

/** Runs one command; its output goes to the terminal, or comes back as text when `quiet`. */
export async function run(command: Command, place: Place, { quiet = false } = {}): Promise<Ended> {
  const [name, ...args] = command;
  const [program = "", ...rest] = name === "lineal" ? ["src/cli/bin.ts", ...args] : args;
  mkdirSync(place.folder, { recursive: true });
  const child = spawn(process.execPath, [join(root, program), ...rest], {
    cwd: place.folder,
    env: environment(place),
    stdio: ["ignore", ...(quiet ? (["pipe", "pipe"] as const) : (["inherit", "inherit"] as const))],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) => done({ code: code ?? 1, output }));
  });
}

/** The user's environment without their own Lineal, and with our sources behind "lineal". */
function environment({ home, instance }: Place): NodeJS.ProcessEnv {
  const others = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LINEAL_")));
  return {
    ...others,
    LINEAL_HOME: home,
    LINEAL_CACHE_DIR: join(home, "cache"),
    LINEAL_INSTANCE: instance,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --conditions=lineal-source`.trim(),
  };
}
