/** `lineal login`: remembers who works on this settings home. */

import { saveUser } from "../../instance/users.ts";
import { command } from "../command.ts";

export const definition = command({
  summary: "say who you are: records you add from now on carry this handle",
  arguments: { handle: { doc: "1 to 30 letters, digits, '.', '_' or '-'" } },
  options: { name: { type: "string", value: "TEXT", doc: "your name in full" } },
  examples: ["lineal login testuser1", 'lineal login ada --name "Ada Lovelace"'],
  run({ args, options }) {
    const { handle, name, uid } = saveUser(args.handle, options.name);
    return { note: `→ logged in ${handle}`, json: { handle, name: name ?? null, uid } };
  },
});
