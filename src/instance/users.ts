/** Who is working: handles remembered in the settings home, each with an id that never changes. */

import { join } from "node:path";
import { LinealError } from "../ground/errors.ts";
import { model, randomUid } from "../model/index.ts";
import { brokenFile, type Environment, readJson, removeFile, settingsHome, writeJson, writeJsonOnce } from "./home.ts";

/** A user of this settings home; `uid` is 8 base-62 characters. */
export interface UserProfile {
  handle: string;
  uid: string;
  name?: string;
}

const anonymous: UserProfile = { handle: "anonymous", uid: "00000000" };

/** The user logged in on this settings home, else `anonymous`. */
export function currentUser(env: Environment = process.env): UserProfile {
  const stored = readJson<{ handle?: unknown }>(currentFile(env));
  if (stored === undefined) return anonymous;
  if (typeof stored.handle !== "string") throw brokenFile(currentFile(env), "names no handle");
  return profileOf(stored.handle, env);
}

/** Logs `handle` in, with a full name when given; the profile is made once and kept. */
export function saveUser(handle: string, name?: string, env: Environment = process.env): UserProfile {
  let profile = profileOf(handle, env);
  if (name !== undefined && profile.handle !== anonymous.handle) {
    profile = { ...profile, name };
    writeJson(profileFile(handle, env), profile);
  }
  if (profile.handle === anonymous.handle) removeFile(currentFile(env));
  else writeJson(currentFile(env), { handle });
  return profile;
}

/** Logs out: the user is `anonymous` again; false when it was already. */
export function forgetUser(env: Environment = process.env): boolean {
  return removeFile(currentFile(env));
}

/** The profile of a handle, made on first use; `invalid` when the handle is not 1–30 of `A-Z a-z 0-9 . _ -`. */
export function profileOf(handle: string, env: Environment = process.env): UserProfile {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,29}$/.test(handle)) {
    throw new LinealError("invalid", `'${handle}' is not a handle`, {
      hint: "A handle has 1 to 30 letters, digits, '.', '_' or '-', and starts with a letter or digit: lineal login testuser1",
    });
  }
  if (handle === anonymous.handle) return anonymous;
  const path = profileFile(handle, env);
  const made = { handle, uid: randomUid(model.User.uid) };
  const profile = readJson<UserProfile>(path) ?? (writeJsonOnce(path, made) ? made : readJson<UserProfile>(path));
  if (typeof profile?.uid !== "string" || profile.handle !== handle)
    throw brokenFile(path, "is not the profile of that handle");
  return profile;
}

function profileFile(handle: string, env: Environment): string {
  return join(settingsHome(env), "users", `${handle}.json`);
}

function currentFile(env: Environment): string {
  return join(settingsHome(env), "user.json");
}
