/** The version of this package, read from its package.json. */

import { readFileSync } from "node:fs";

/** The version, like `0.1.0`. */
export function packageVersion(): string {
  // The same two steps up from src/cli and from dist/cli.
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
