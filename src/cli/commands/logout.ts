/** `lineal logout`: the user is anonymous again. */

import { currentUser, forgetUser } from "../../instance/users.ts";
import { command } from "../command.ts";

export const definition = command({
  summary: "be anonymous again",
  arguments: {},
  options: {},
  examples: ["lineal logout"],
  run() {
    const wasLoggedIn = forgetUser();
    return { note: wasLoggedIn ? "→ logged out" : "→ already logged out", json: { ...currentUser(), wasLoggedIn } };
  },
});
