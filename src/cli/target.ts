/** The instance a command works on, from the settings alone: no database is opened here. */

import { LinealError } from "../ground/errors.ts";
import {
  databaseOf,
  type InstanceSettings,
  maskPassword,
  readInstance,
  resolveTarget,
  slugOf,
  type Target,
} from "../instance/settings.ts";

/** The instance of this process and who chose it, or undefined when none is chosen. */
export function findTarget(): { settings: InstanceSettings; target: Target } | undefined {
  const target = resolveTarget();
  if (target === undefined) return undefined;
  const settings = readInstance(target.slug);
  if (settings) return { settings, target };
  const culprit = {
    environment: "LINEAL_INSTANCE",
    marker: `the marker in ${target.marker}`,
    settings: "the current choice",
  }[target.from];
  throw new LinealError("not-connected", `${culprit} names ${target.slug}, which is not known here`, {
    hint: "Connect to it by directory or URL: lineal connect ./mydata",
  });
}

/** The settings of the instance of this process; `not-connected` when none is chosen. */
export function requireTarget(): InstanceSettings {
  const found = findTarget();
  if (found) return found.settings;
  throw new LinealError("not-connected", "no instance is connected", {
    hint: "Make one: lineal init --storage ./mydata, or choose one: lineal connect OWNER/NAME",
  });
}

/** What `--json` says of an instance. */
export interface InstanceFacts {
  slug: string;
  uid: string;
  storage: string;
  /** The file of the embedded database, or the URL with its password masked. */
  db: string;
  devDir: string | null;
  branch: string;
  space: string;
}

/** The facts of an instance that may be printed. */
export function instanceFacts(settings: InstanceSettings): InstanceFacts {
  return {
    slug: slugOf(settings),
    uid: settings.uid,
    storage: settings.storage,
    db: maskPassword(databaseOf(settings)),
    devDir: settings.devDir ?? null,
    branch: settings.branch ?? "main",
    space: settings.space ?? "all",
  };
}
