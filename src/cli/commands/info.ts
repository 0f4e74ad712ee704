/** `lineal info`: which instance, which user, which settings. */

import { cacheHome, settingsHome } from "../../instance/home.ts";
import { currentUser } from "../../instance/users.ts";
import { command } from "../command.ts";
import { factsText } from "../print.ts";
import { findTarget, instanceFacts } from "../target.ts";
import { packageVersion } from "../version.ts";

export const definition = command({
  summary: "show instance, user and settings",
  arguments: {},
  options: {},
  examples: ["lineal info", "lineal info --json"],
  run() {
    const found = findTarget();
    const { handle, name, uid } = currentUser();
    const instance = found && {
      ...instanceFacts(found.settings),
      chosenBy: found.target.from,
      directory: found.target.marker ?? null,
    };
    const home = { settings: settingsHome(), cache: cacheHome(), version: packageVersion() };
    const by =
      found &&
      { environment: "LINEAL_INSTANCE", marker: `${found.target.marker}/.lineal/instance`, settings: undefined }[
        found.target.from
      ];
    const text = factsText([
      ["instance", instance?.slug ?? "none: lineal init or lineal connect"],
      ["chosen by", by],
      ["storage", instance?.storage],
      ["db", instance?.db],
      ["dev-dir", instance && (instance.devDir ?? "none")],
      ["branch", instance?.branch],
      ["space", instance?.space],
      ["user", name === undefined ? handle : `${handle} (${name})`],
      ["settings", home.settings],
      ["cache", home.cache],
      ["version", home.version],
    ]);
    return { text, json: { instance: instance ?? null, user: { handle, name: name ?? null, uid }, ...home } };
  },
});
