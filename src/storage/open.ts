/** From a storage root, as users write it, to its backend; and which texts mean local paths. */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LinealError, closest } from "../ground/errors.ts";
import { isUrl, schemeOf } from "../ground/url.ts";
import type { Backend } from "./backend.ts";
import { localBackend } from "./local.ts";
import { memoryBackend } from "./memory.ts";

/** One row per kind of storage. What a backend needs beyond this package is loaded at its first use. */
const backends: { readonly [scheme: string]: (root: string) => Backend } = {
  file: (root) => localBackend(localPath(root)),
  memory: memoryBackend,
};

/** The absolute path that a path or a `file:` URL means; other URLs are `invalid`. */
export function localPath(text: string | URL): string {
  const url = String(text);
  if (!(text instanceof URL) && !isUrl(url)) return resolve(url);
  try {
    if (schemeOf(url) === "file") return fileURLToPath(url);
  } catch {
    // A host, or characters that no path has.
  }
  throw new LinealError("invalid", `${url} is no local path`, {
    hint: "Give a path, or a file URL such as file:///data/counts.csv; what is elsewhere has to be downloaded first.",
  });
}

/** The backend of a folder (a path or `file:` URL) or of a URL like `memory://name`; other schemes are `invalid`. */
export function openBackend(root: string): Backend {
  if (root === "")
    throw new LinealError("invalid", "a storage root cannot be empty", { hint: "Give a folder, for example ./data." });
  const scheme = schemeOf(root) ?? "file";
  if (scheme !== "file" && /^[^/]*:\/*$/.test(root))
    throw new LinealError("invalid", `${root} names no storage`, {
      hint: `Give a name too, for example ${scheme}://data.`,
    });
  if (Object.hasOwn(backends, scheme)) return (backends[scheme] as (root: string) => Backend)(root);
  const near = closest(scheme, Object.keys(backends));
  const known = Object.keys(backends).map((name) => `${name}://`);
  throw new LinealError("invalid", `there is no storage for ${scheme}:// locations`, {
    hint: `Give a folder, or a URL that begins with ${known.join(" or ")}${near === undefined ? "." : `; did you mean ${near}://?`}`,
  });
}
