/** `lineal settings`: shows, sets and unsets the choices kept in the settings home. */

import { homedir } from "node:os";
import { resolve } from "node:path";
import { cacheHome, type Preferences, readPreferences, writePreferences } from "../../instance/home.ts";
import { canHoldMarker, findMarker, removeMarker, writeMarker } from "../../instance/marker.ts";
import { type InstanceSettings, slugOf, writeInstance } from "../../instance/settings.ts";
import { parseVerbosity } from "../../instance/verbosity.ts";
import { LinealError } from "../../ground/errors.ts";
import { type Answer, command, Misuse, suggestion } from "../command.ts";
import { factsText } from "../print.ts";
import { openRegistry } from "../registries.ts";
import { findTarget, requireTarget } from "../target.ts";

/** A setting: how to read it, and how to store or (undefined) forget a value. */
interface Setting {
  get(): string | undefined;
  set(value: string | undefined): Promise<void> | void;
}

const settings: Readonly<Record<string, Setting>> = {
  "dev-dir": { get: () => findTarget()?.settings.devDir, set: setDevDir },
  branch: { get: () => findTarget()?.settings.branch, set: (value) => setPlace("Branch", value) },
  space: { get: () => findTarget()?.settings.space, set: (value) => setPlace("Space", value) },
  "cache-dir": {
    get: () => cacheHome(),
    set: (value) => setPreference("cacheDir", value === undefined ? undefined : absolute(value)),
  },
  verbosity: {
    get: () => readPreferences().verbosity,
    set(value) {
      if (value !== undefined) parseVerbosity(value);
      setPreference("verbosity", value);
    },
  },
};

export const definition = command({
  summary: `show or change settings: ${Object.keys(settings).join(", ")}`,
  arguments: {
    action: { doc: "get, set or unset; without it all are shown", optional: true },
    name: { doc: "which setting", optional: true },
    value: { doc: "what to set it to", optional: true },
  },
  options: {},
  examples: ["lineal settings", "lineal settings set dev-dir .", "lineal settings unset branch"],
  async run({ args: { action, name, value } }): Promise<Answer> {
    if (action === undefined) return all();
    if (!["get", "set", "unset"].includes(action))
      throw new Misuse(
        `unknown action '${action}'`,
        `lineal settings ${suggestion(action, ["get", "set", "unset"]) ?? "get"} NAME`,
      );
    if (name === undefined) throw new Misuse("NAME is missing", `it is one of ${Object.keys(settings).join(", ")}`);
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (setting === undefined) {
      const near = suggestion(name, Object.keys(settings));
      throw new Misuse(
        `unknown setting '${name}'`,
        near === undefined ? `the settings are ${Object.keys(settings).join(", ")}` : `did you mean ${near}?`,
      );
    }
    if ((action === "set") !== (value !== undefined))
      throw new Misuse(
        action === "set" ? "VALUE is missing" : `unexpected argument '${value}'`,
        `lineal settings ${action} ${name}${action === "set" ? " VALUE" : ""}`,
      );
    if (action !== "get") await setting.set(value);
    const now = setting.get();
    const json = { [name]: now ?? null };
    return action === "get"
      ? { text: now ?? "none", json }
      : { note: value === undefined ? `→ unset ${name}` : `→ set ${name}: ${now}`, json };
  },
});

function all(): Answer {
  const values = Object.entries(settings).map(([name, setting]) => [name, setting.get()] as const);
  return {
    text: factsText(values.map(([name, value]) => [name, value ?? "none"])),
    json: Object.fromEntries(values.map(([name, value]) => [name, value ?? null])),
  };
}

function setDevDir(value: string | undefined): void {
  const instance = requireTarget();
  const { devDir: old, ...others } = instance;
  const slug = slugOf(instance);
  const devDir = value === undefined ? undefined : absolute(value);
  if (old !== undefined && old !== devDir && findMarker(old)?.dir === old && findMarker(old)?.slug === slug)
    removeMarker(old);
  writeInstance(devDir === undefined ? others : { ...others, devDir });
  // A storage root may be the dev-dir too; it just cannot choose the instance by itself.
  if (devDir !== undefined && canHoldMarker(devDir)) writeMarker(devDir, slug);
}

async function setPlace(registry: "Branch" | "Space", value: string | undefined): Promise<void> {
  const instance = requireTarget();
  const key = registry === "Branch" ? "branch" : "space";
  if (value !== undefined) {
    const known = await (await openRegistry(registry)).filter({ name: { eq: value } });
    if (known.length === 0)
      throw new LinealError("not-found", `there is no ${key} '${value}'`, {
        hint: `lineal list ${key} shows those there are.`,
      });
  }
  const { [key]: _, ...others } = instance;
  writeInstance((value === undefined ? others : { ...others, [key]: value }) satisfies InstanceSettings);
}

function setPreference(key: keyof Preferences, value: string | undefined): void {
  const { [key]: _, ...others } = readPreferences();
  writePreferences(value === undefined ? others : { ...others, [key]: value });
}

function absolute(path: string): string {
  return resolve(path.replace(/^~(?=\/|$)/, homedir()));
}
