/** `lineal disconnect`: forgets which instance is current, or unbinds a directory. */

import { findMarker } from "../../instance/marker.ts";
import { readInstance, resolveTarget, writeInstance } from "../../instance/settings.ts";
import { type Answer, command } from "../command.ts";

export const definition = command({
  summary: "work on no instance",
  arguments: {},
  options: { here: { type: "boolean", doc: "unbind the nearest directory bound with connect --here" } },
  examples: ["lineal disconnect", "lineal disconnect --here"],
  run: ({ options }) => (options.here ? unbind() : forget()),
});

async function forget(): Promise<Answer> {
  const { disconnect } = await import("../../instance/leave.ts");
  const slug = await disconnect();
  const left = resolveTarget();
  const still = left === undefined ? "" : `\n→ ${left.marker ?? "LINEAL_INSTANCE"} still chooses ${left.slug}`;
  return {
    note: (slug === undefined ? "→ no instance was connected" : `→ disconnected lineal: ${slug}`) + still,
    json: { disconnected: slug ?? null },
  };
}

async function unbind(): Promise<Answer> {
  const { disconnect } = await import("../../instance/leave.ts");
  const marker = findMarker();
  const slug = await disconnect({ here: true });
  const settings = slug === undefined ? undefined : readInstance(slug);
  if (settings?.devDir !== undefined && settings.devDir === marker?.dir) {
    const { devDir: _, ...others } = settings;
    writeInstance(others);
  }
  return {
    note: `→ disconnected lineal: ${slug} from ${marker?.dir}`,
    json: { disconnected: slug ?? null, directory: marker?.dir ?? null },
  };
}
