/** Settings on disk: instances, users, markers, precedence, verbosity, shells; each test has a home of its own. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LinealError } from "../../src/ground/errors.ts";
import {
  cacheHome,
  readJson,
  settingsHome,
  writeJson,
  writeJsonOnce,
  writePreferences,
} from "../../src/instance/home.ts";
import { canHoldMarker, findMarker, removeMarker, removeMarkers, writeMarker } from "../../src/instance/marker.ts";
import {
  getCurrent,
  type InstanceSettings,
  listInstances,
  maskPassword,
  readInstance,
  removeInstance,
  resolveTarget,
  setCurrent,
  slugOf,
  writeInstance,
} from "../../src/instance/settings.ts";
import { forgetShellRun, rememberShellRun, shellRun } from "../../src/instance/shell.ts";
import { currentUser, forgetUser, profileOf, saveUser } from "../../src/instance/users.ts";
import { initialVerbosity, parseVerbosity } from "../../src/instance/verbosity.ts";

let root: string;
let env: { LINEAL_HOME: string; [name: string]: string };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lineal-settings-"));
  env = { LINEAL_HOME: join(root, "home") };
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function instance(owner: string, name: string): InstanceSettings {
  return { owner, name, uid: "000000000000", storage: `/data/${name}`, createdAt: "2026-01-01T00:00:00.000Z" };
}

function refusal(act: () => unknown): LinealError {
  try {
    act();
  } catch (error) {
    if (error instanceof LinealError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("the home", () => {
  test("is LINEAL_HOME, else ~/.lineal; the cache follows its own variables", () => {
    expect(settingsHome(env)).toBe(join(root, "home"));
    expect(settingsHome({})).toBe(join(homedir(), ".lineal"));
    expect(cacheHome({ ...env, XDG_CACHE_HOME: "/xdg" })).toBe("/xdg/lineal");
    expect(cacheHome(env)).toBe(join(homedir(), ".cache", "lineal"));
    writePreferences({ cacheDir: "/chosen" }, env);
    expect(cacheHome(env)).toBe("/chosen");
    expect(cacheHome({ ...env, LINEAL_CACHE_DIR: "/wins" })).toBe("/wins");
  });

  test("is private, and leaves no temporary file behind", () => {
    writeInstance(instance("ada", "mydata"), env);
    expect(statSync(env.LINEAL_HOME).mode & 0o777).toBe(0o700);
    const folder = join(env.LINEAL_HOME, "instances", "ada");
    expect(readdirSync(folder)).toEqual(["mydata.json"]);
    expect(statSync(join(folder, "mydata.json")).mode & 0o777).toBe(0o600);
  });

  test.each(["{ half", "[]", "null", ""])("refuses a file holding %j and names it", (text) => {
    const path = join(root, "settings.json");
    writeFileSync(path, text);
    const error = refusal(() => readJson(path));
    expect(error.code).toBe("unavailable");
    expect(error.message).toContain(path);
    expect(error.hint).toContain("rm ");
  });

  test("refuses what cannot be read, and says what cannot be written", () => {
    mkdirSync(join(root, "folder.json"));
    expect(refusal(() => readJson(join(root, "folder.json"))).code).toBe("unavailable");
    writeFileSync(join(root, "home"), "a file where the home should be");
    expect(refusal(() => writeInstance(instance("ada", "mydata"), env)).code).toBe("unavailable");
    expect(readJson(join(root, "nothing.json"))).toBeUndefined();
  });

  test("a failed write keeps the old content", () => {
    const path = join(root, "state.json");
    writeJson(path, { a: 1 });
    expect(() => writeJson(path, { toJSON: () => fail() })).toThrow("no text");
    mkdirSync(join(root, "full"));
    expect(refusal(() => writeJson(join(root, "full"), {})).code).toBe("unavailable");
    expect(readJson(path)).toEqual({ a: 1 });
    expect(writeJsonOnce(path, { a: 2 })).toBe(false);
    expect(readJson(path)).toEqual({ a: 1 });
    expect(readdirSync(root).sort()).toEqual(["full", "state.json"]);
  });
});

function fail(): never {
  throw new Error("no text");
}

describe("users", () => {
  test("are anonymous until they log in, and again after they log out", () => {
    expect(currentUser(env)).toEqual({ handle: "anonymous", uid: "00000000" });
    expect(forgetUser(env)).toBe(false);
    const ada = saveUser("ada", "Ada Lovelace", env);
    expect(ada).toMatchObject({ handle: "ada", name: "Ada Lovelace", uid: expect.stringMatching(/^[0-9A-Za-z]{8}$/) });
    expect(currentUser(env)).toEqual(ada);
    expect(forgetUser(env)).toBe(true);
    expect(currentUser(env).handle).toBe("anonymous");
    expect(saveUser("ada", undefined, env)).toEqual(ada);
  });

  test("keep their uid, and other handles have others", () => {
    const ada = profileOf("ada", env);
    saveUser("bob", undefined, env);
    expect(profileOf("ada", env)).toEqual(ada);
    expect(profileOf("bob", env).uid).not.toBe(ada.uid);
    expect(saveUser("anonymous", "Nobody", env)).toEqual({ handle: "anonymous", uid: "00000000" });
    expect(currentUser(env).handle).toBe("anonymous");
  });

  test.each(["", ".ada", "-ada", "a b", "a/b", "../ada", "a".repeat(31), "ädä"])("refuse the handle %j", (handle) => {
    expect(refusal(() => saveUser(handle, undefined, env)).code).toBe("invalid");
    expect(existsSync(env.LINEAL_HOME)).toBe(false);
  });

  test("any valid handle is remembered", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,29}$/), (handle) => {
        expect(saveUser(handle, undefined, env).handle).toBe(handle);
        expect(currentUser(env)).toEqual(profileOf(handle, env));
      }),
      { numRuns: 20 },
    );
  });
});

describe("instances", () => {
  test("are read by slug, and by name: the current user's first, else the only one", () => {
    writeInstance(instance("ada", "shared"), env);
    expect(readInstance("ada/shared", env)).toEqual(instance("ada", "shared"));
    expect(readInstance("shared", env)?.owner).toBe("ada");
    writeInstance(instance("bob", "shared"), env);
    const error = refusal(() => readInstance("shared", env));
    expect(error.code).toBe("ambiguous");
    expect(error.message).toContain("ada/shared, bob/shared");
    saveUser("bob", undefined, env);
    expect(readInstance("shared", env)?.owner).toBe("bob");
    expect(listInstances(env).map(slugOf)).toEqual(["ada/shared", "bob/shared"]);
  });

  test.each(["nope", "ada/nope", "a/b/c", "../x", "/x", "x/", "postgres://h/db", "", ".."])(
    "%j is not known",
    (text) => {
      expect(readInstance(text, env)).toBeUndefined();
    },
  );

  test.each(["", ".", "..", "a/b", "a b", "ä", "x".repeat(64)])("cannot be called %j", (name) => {
    expect(refusal(() => writeInstance(instance("ada", name), env)).code).toBe("invalid");
  });

  test("a file that lost a field or moved is refused", () => {
    const folder = join(env.LINEAL_HOME, "instances", "ada");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "mydata.json"), JSON.stringify({ ...instance("ada", "mydata"), storage: undefined }));
    expect(refusal(() => readInstance("mydata", env)).message).toContain("storage");
    writeFileSync(join(folder, "mydata.json"), JSON.stringify(instance("bob", "mydata")));
    expect(refusal(() => listInstances(env)).message).toContain("bob/mydata");
  });

  test("removing the current one leaves none current", () => {
    writeInstance(instance("ada", "mydata"), env);
    setCurrent("ada/mydata", env);
    removeInstance("ada/other", env);
    expect(getCurrent(env)).toBe("ada/mydata");
    removeInstance("ada/mydata", env);
    expect(getCurrent(env)).toBeUndefined();
    expect(listInstances(env)).toEqual([]);
  });
});

describe("the instance of a directory", () => {
  test("environment, then the nearest marker, then the current one", () => {
    const deep = join(root, "project", "a", "b");
    mkdirSync(deep, { recursive: true });
    expect(resolveTarget(deep, env)).toBeUndefined();
    setCurrent("ada/current", env);
    expect(resolveTarget(deep, env)).toEqual({ slug: "ada/current", from: "settings" });
    writeMarker(join(root, "project"), "ada/outer", env);
    writeMarker(join(root, "project", "a"), "ada/inner", env);
    expect(resolveTarget(deep, env)).toEqual({ slug: "ada/inner", from: "marker", marker: join(root, "project", "a") });
    expect(resolveTarget(join(root, "project"), env)?.slug).toBe("ada/outer");
    expect(resolveTarget(root, env)?.from).toBe("settings");
    expect(resolveTarget(deep, { ...env, LINEAL_INSTANCE: "ada/env" })).toEqual({
      slug: "ada/env",
      from: "environment",
    });
    expect(resolveTarget(deep, { ...env, LINEAL_INSTANCE: "" })?.from).toBe("marker");
  });

  test("the settings home and a storage root are no markers", () => {
    const home = { LINEAL_HOME: join(root, ".lineal") };
    mkdirSync(home.LINEAL_HOME);
    writeFileSync(join(home.LINEAL_HOME, "instance"), "ada/home");
    expect(findMarker(root, home)).toBeUndefined();
    symlinkSync(home.LINEAL_HOME, join(root, "alias"));
    expect(findMarker(root, { LINEAL_HOME: join(root, "alias") })).toBeUndefined();

    const storage = join(root, "storage");
    mkdirSync(join(storage, ".lineal"), { recursive: true });
    writeFileSync(join(storage, ".lineal", "storage.json"), "{}");
    writeFileSync(join(storage, ".lineal", "instance"), "ada/storage");
    expect(canHoldMarker(storage, env)).toBe(false);
    expect(findMarker(storage, { LINEAL_HOME: join(root, "none") })?.dir).not.toBe(storage);
    expect(refusal(() => writeMarker(storage, "ada/x", env)).code).toBe("invalid");
  });

  test("an empty marker is refused by name", () => {
    mkdirSync(join(root, ".lineal"));
    writeFileSync(join(root, ".lineal", "instance"), "\n");
    expect(refusal(() => findMarker(root, env)).message).toContain(join(root, ".lineal", "instance"));
  });

  test("the markers of an instance are found again, others stay", () => {
    for (const [dir, slug] of [
      ["one", "ada/x"],
      ["two", "ada/x"],
      ["three", "ada/y"],
      ["four", "ada/x"],
    ] as const) {
      mkdirSync(join(root, dir));
      writeMarker(join(root, dir), slug, env);
    }
    writeFileSync(join(root, "four", ".lineal", "instance"), "eve/z\n");
    rmSync(join(root, "two"), { recursive: true });
    expect(removeMarkers("ada/x", env)).toEqual([join(root, "one")]);
    expect(existsSync(join(root, "one", ".lineal", "instance"))).toBe(false);
    expect(readFileSync(join(root, "four", ".lineal", "instance"), "utf8")).toBe("eve/z\n");
    expect(removeMarker(join(root, "three"), env)).toEqual({ dir: join(root, "three"), slug: "ada/y" });
    expect(removeMarker(join(root, "three"), env)).toBeUndefined();
    expect(readdirSync(join(env.LINEAL_HOME, "markers"))).toHaveLength(0);
  });
});

describe("passwords", () => {
  test.each([
    ["postgres://ada:secret@db.org:5432/lab", "postgres://ada:***@db.org:5432/lab"],
    ["postgres://ada:p@ss/w:rd@db.org/lab", "postgres://ada:***@db.org/lab"],
    ["postgres://ada:12/34@db.org/lab", "postgres://ada:***@db.org/lab"],
    ["postgres://db.org/lab?user=ada&password=secret&ssl=1", "postgres://db.org/lab?user=ada&password=***&ssl=1"],
    ["postgres://ada@db.org/lab?host=a@b", "postgres://ada@db.org/lab?host=a@b"],
    ["host=db.org password=secret user=ada", "host=db.org password=*** user=ada"],
    ["sqlite", "sqlite"],
  ])("%s is printed %s", (url, printed) => expect(maskPassword(url)).toBe(printed));

  test("are never left, whatever they contain", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: "grapheme-ascii" }), (noise) => {
        const password = `1${noise}~`;
        expect(maskPassword(`postgres://ada:${password}@db/lab`)).not.toContain(password);
        expect(maskPassword(`postgres://ada:${encodeURIComponent(password)}@db/lab`)).toBe("postgres://ada:***@db/lab");
      }),
    );
  });
});

describe("verbosity", () => {
  test("takes names and numbers, and lists them otherwise", () => {
    expect([parseVerbosity("error"), parseVerbosity("Hint"), parseVerbosity(5), parseVerbosity("2")]).toEqual([
      0, 4, 5, 2,
    ]);
    const error = refusal(() => parseVerbosity("debgu"));
    expect(error.code).toBe("invalid");
    expect(error.hint).toBe(
      "Did you mean 'debug'? The levels are error (0), warning (1), success (2), info (3), hint (4), debug (5).",
    );
    expect(refusal(() => parseVerbosity(6)).code).toBe("invalid");
    expect(refusal(() => parseVerbosity("toString")).code).toBe("invalid");
  });

  test("comes from the environment, the home, or is info", () => {
    expect(initialVerbosity(env)).toBe(3);
    writePreferences({ verbosity: "debug" }, env);
    expect(initialVerbosity(env)).toBe(5);
    expect(initialVerbosity({ ...env, LINEAL_VERBOSITY: "0" })).toBe(0);
  });
});

describe("shell runs", () => {
  const run = { run: "X1GYNq9tabcdefgh", instance: "ada/mydata" };

  test("are remembered for a shell and forgotten once", () => {
    expect(shellRun("77-1", env)).toBeUndefined();
    rememberShellRun("shell.1", run, env);
    expect(shellRun("shell.1", env)).toEqual(run);
    expect(forgetShellRun("shell.1", env)).toBe(true);
    expect(forgetShellRun("shell.1", env)).toBe(false);
    expect(refusal(() => shellRun("../x", env)).code).toBe("invalid");
  });

  test("of shells that are gone, or a month old, are cleared away", () => {
    rememberShellRun("old", run, env);
    utimesSync(join(env.LINEAL_HOME, "shells", "old.json"), 1, 1);
    rememberShellRun("999999999-1", run, env);
    rememberShellRun(`${process.pid}-1`, run, env);
    rememberShellRun("new", run, env);
    expect(readdirSync(join(env.LINEAL_HOME, "shells")).sort()).toEqual([`${process.pid}-1.json`, "new.json"]);
  });
});
