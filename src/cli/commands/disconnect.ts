/** `lineal disconnect`: forgets which instance is current, or unbinds a directory. */

import { findMarker, removeMarker } from "../../instance/marker.ts";
import { getCurrent, readInstance, resolveTarget, setCurrent, slugOf, writeInstance } from "../../instance/settings.ts";
import { command } from "../command.ts";

export const definition = command({
  summary: "work on no instance",
  arguments: {},
  options: { here: { type: "boolean", doc: "unbind the nearest directory bound with connect --here" } },
  examples: ["lineal disconnect", "lineal disconnect --here"],
  run({ options }) {
    return options.here ? unbind() : forget();
  },
});

function forget() {
  const slug = getCurrent();
  setCurrent(undefined);
  const left = resolveTarget();
  const still = left === undefined ? "" : `\n→ ${left.marker ?? "LINEAL_INSTANCE"} still chooses ${left.slug}`;
  return { note: (slug === undefined ? "→ no instance was connected" : `→ disconnected lineal: ${slug}`) + still, json: { disconnected: slug ?? null } };
}

function unbind() {
  const marker = findMarker();
  if (marker === undefined) return { note: "→ no directory here is bound to an instance", json: { disconnected: null } };
  removeMarker(marker.dir);
  const settings = readInstance(marker.slug);
  if (settings?.devDir === marker.dir) {
    const { devDir: _, ...others } = settings;
    writeInstance(others);
  }
  const slug = settings ? slugOf(settings) : marker.slug;
  return { note: `→ disconnected lineal: ${slug} from ${marker.dir}`, json: { disconnected: slug, directory: marker.dir } };
}
