/** Which file called us: the first frame of the stack outside our own code. */

import { existsSync, realpathSync } from "node:fs";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";
import { isInside, ownCodeRoots } from "../code/own-code.ts";

/**
 * The absolute path of the file that called into Lineal, else the program's main file.
 *
 * Call it before the first `await`, while the caller is still on the stack. Code without a file
 * (`node -e`, the REPL, standard input) gives undefined.
 */
export function callerFile(ownRoots: readonly string[] = ownCodeRoots()): string | undefined {
  for (const site of getCallSites(200, { sourceMap: false })) {
    const name = site.scriptName;
    if (name === "" || name.startsWith("node:")) continue;
    if (!name.startsWith("file:") && !isAbsolute(name)) return undefined;
    const path = name.startsWith("file:") ? fileURLToPath(name) : name;
    if (isInside(path, ownRoots)) continue;
    if (/[\\/]\[(eval|stdin|worker eval)\d*\]$/.test(path)) return undefined;
    if (existsSync(path)) return path;
  }
  return mainFile(ownRoots);
}

function mainFile(ownRoots: readonly string[]): string | undefined {
  const main = process.argv[1];
  if (main === undefined || !existsSync(main)) return undefined;
  const path = realpathSync(main);
  return isInside(path, ownRoots) ? undefined : path;
}
