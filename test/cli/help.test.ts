/** The help of every command: it fits a terminal, and its examples are command lines that are understood. */

import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Command } from "../../src/cli/command.ts";

const folder = new URL("../../src/cli/commands/", import.meta.url);
const names = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));

describe.each(names)("lineal %s", (name) => {
  test("explains itself", async () => {
    const { definition } = (await import(new URL(`${name}.ts`, folder).href)) as { definition: Command };
    const help = definition.help(name);
    expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const examples = help.split("\n").filter((line) => line.startsWith(`  lineal ${name}`));
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const [, , ...words] = (example.trim().match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
      expect(definition.start(words).help).toBe(false);
    }
  });
});
