/** Lock files of every package manager, as they are written. */

import { describe, expect, test } from "vitest";
import { readLockfile } from "../../src/track/lockfile.ts";

const elsewhere = process.platform === "win32" ? "linux" : "win32";

describe("readLockfile", () => {
  test("npm: hoisted version first, other platforms, links and the project itself left out", async () => {
    const text = JSON.stringify({
      name: "me",
      lockfileVersion: 3,
      packages: {
        "": { name: "me", version: "1.0.0" },
        "node_modules/b/node_modules/@s/a": { version: "1.0.0" },
        "node_modules/@s/a": { version: "2.0.0" },
        "node_modules/b": { version: "3.0.0", dev: true },
        "node_modules/here": { version: "1.1.1", os: [process.platform], cpu: [process.arch], optional: true },
        "node_modules/there": { version: "1.1.1", os: [elsewhere], optional: true },
        "node_modules/nothere": { version: "1.1.1", os: [`!${process.platform}`], optional: true },
        "node_modules/ws": { resolved: "packages/ws", link: true },
        "packages/ws": { version: "0.0.1" },
      },
    });
    const expected = { "@s/a": "2.0.0, 1.0.0", b: "3.0.0", here: "1.1.1" };
    expect(await readLockfile("package-lock.json", text)).toEqual(expected);
    expect(await readLockfile("npm-shrinkwrap.json", text)).toEqual(expected);
    expect(Object.keys(await readLockfile("package-lock.json", text))).toEqual(["@s/a", "b", "here"]);
  });

  test.each([
    [
      "9.0",
      "  '@s/a@1.0.0':\n    resolution: {integrity: sha512-x}\n  b@2.0.0-rc.1:\n    resolution: {integrity: sha512-y}\n",
    ],
    ["6.0", "  /@s/a@1.0.0(react@18.0.0):\n    resolution: {integrity: sha512-x}\n  /b@2.0.0-rc.1:\n    dev: true\n"],
    ["5.4", "  /@s/a/1.0.0_react@18.0.0:\n    resolution: {integrity: sha512-x}\n  /b/2.0.0-rc.1:\n    dev: true\n"],
  ])("pnpm %s", async (version, packages) => {
    const text = `lockfileVersion: '${version}'\n\npackages:\n\n${packages}  there@1.0.0:\n    os: [${elsewhere}]\n`;
    const renamed = version === "5.4" ? text.replace("there@1.0.0", "/there/1.0.0") : text;
    expect(await readLockfile("pnpm-lock.yaml", renamed)).toEqual({ "@s/a": "1.0.0", b: "2.0.0-rc.1" });
  });

  test("yarn 1 and yarn berry", async () => {
    const one = `# yarn lockfile v1\n\n\n"@s/a@^1.0.0", "@s/a@^1.1.0":\n  version "1.1.0"\n  resolved "https://x"\n  dependencies:\n    b "^2.0.0"\n\nb@^2.0.0:\n  version "2.0.0"\n`;
    expect(await readLockfile("yarn.lock", one)).toEqual({ "@s/a": "1.1.0", b: "2.0.0" });
    const berry = `__metadata:\n  version: 8\n\n"@s/a@npm:^1.0.0, @s/a@npm:^1.1.0":\n  version: 1.1.0\n  resolution: "@s/a@npm:1.1.0"\n\n"b@npm:^2.0.0":\n  version: 2.0.0\n\n"me@workspace:.":\n  version: 0.0.0-use.local\n`;
    expect(await readLockfile("yarn.lock", berry)).toEqual({ "@s/a": "1.1.0", b: "2.0.0" });
  });

  test("bun, with comments and trailing commas", async () => {
    const text = `{
      // text lock file
      "lockfileVersion": 1,
      "workspaces": { "": { "dependencies": { "b": "^2.0.0", }, }, },
      "packages": {
        "b/@s/a": ["@s/a@1.0.0", "", {}, "sha512-z"],
        "@s/a": ["@s/a@2.0.0", "", { "dependencies": { "b": "https://x//y,}" } }, "sha512-x"],
        "b": ["b@2.0.0", "", {}, "sha512-y"],
        "there": ["there@1.0.0", "", { "os": "${elsewhere}" }, "sha512-y"],
        "ws": ["ws@workspace:packages/ws"],
      },
    }`;
    expect(await readLockfile("bun.lock", text)).toEqual({
      "@s/a": "1.0.0, 2.0.0".split(", ").reverse().join(", "),
      b: "2.0.0",
    });
  });

  test("deno", async () => {
    const four = JSON.stringify({
      version: "5",
      npm: { "@s/a@1.0.0": {}, "b@2.0.0_react@18.0.0": {} },
      jsr: { "@std/path@1.0.0": {} },
    });
    expect(await readLockfile("deno.lock", four)).toEqual({ "@s/a": "1.0.0", b: "2.0.0", "jsr:@std/path": "1.0.0" });
    const three = JSON.stringify({ version: "3", packages: { npm: { "b@2.0.0": {} } } });
    expect(await readLockfile("deno.lock", three)).toEqual({ b: "2.0.0" });
  });

  test("throws for what it cannot read", async () => {
    await expect(readLockfile("package-lock.json", "{")).rejects.toThrow();
    await expect(readLockfile("package-lock.json", `{ "lockfileVersion": 1 }`)).rejects.toThrow();
  });
});
