/** Libraries that a user may or may not have installed. */
import { LinealError } from "../ground/errors.ts";

/** Loads an optional package at first use; `missing-dependency` with the install command when it is not there. */
export async function optional<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw cause;
    throw new LinealError("missing-dependency", `this needs the package ${name}, which is not installed`, {
      hint: `npm install ${name}`,
      cause,
    });
  }
}
