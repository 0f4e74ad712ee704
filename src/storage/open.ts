/** From a storage root, as users write it, to its backend. */

import { fileURLToPath } from "node:url";
import { LinealError, closest } from "../ground/errors.ts";
import type { Backend } from "./backend.ts";

/** One row per kind of storage; a backend is loaded at first use. */
const backends: { readonly [scheme: string]: (root: string) => Promise<Backend> } = {
  file: async (root) =>
    (await import("./local.ts")).localBackend(root.startsWith("file:") ? fileURLToPath(root) : root),
  memory: async (root) => (await import("./memory.ts")).memoryBackend(root),
};

/** The backend of a folder (a path or `file:` URL) or of a URL like `memory://name`; other schemes are `invalid`. */
export async function openBackend(root: string): Promise<Backend> {
  // Two letters at least: "C:/data" is a folder.
  const scheme = /^([a-z][a-z0-9+.-]+):\//i.exec(root)?.[1]?.toLowerCase() ?? "file";
  const open = Object.hasOwn(backends, scheme) ? backends[scheme] : undefined;
  if (open !== undefined && root !== "") return open(root);
  if (root === "")
    throw new LinealError("invalid", "a storage root cannot be empty", { hint: "give a folder, for example ./data" });
  const near = closest(scheme, Object.keys(backends));
  throw new LinealError("invalid", `there is no storage for ${scheme}: locations yet`, {
    hint: `use a folder or one of ${Object.keys(backends)
      .map((name) => `${name}:`)
      .join(", ")}${near === undefined ? "" : `; did you mean ${near}: ?`}`,
  });
}
