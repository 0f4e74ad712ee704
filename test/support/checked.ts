/** Checks of small programs: each is written to a file and read by the check of lineage. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { checkLineage, type LineageCheck } from "../../src/code/check.ts";

const head = `import * as ln from "lineal"; import fs, { readFileSync, existsSync, mkdirSync } from "node:fs"; import path, { join } from "node:path"; await ln.track();`;
const pythonHead =
  "import lamindb as ln; import os, sys, importlib; import pandas as pd; from pathlib import Path; ln.track(); ln.finish()";

/** A folder for the programs of a test file, and the checks of programs in it. */
export function programs(): {
  path: (name: string) => string;
  /** What is missing in a program; the path of its file is `FILE`. */
  missing: (text: string, name: string) => Promise<string[]>;
  /** The files that a program uses without tracking them, with lines counted after the head (in line 1). */
  untracked: (text: string, name?: string) => Promise<string[]>;
  python: (text: string) => Promise<string[]>;
} {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "lineal-check-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const headed = (text: string, name: string): string => `${name.endsWith(".py") ? pythonHead : head}\n${text}\n`;
  const checked = async (text: string, name: string): Promise<LineageCheck> => {
    writeFileSync(join(folder, name), text);
    return checkLineage(join(folder, name));
  };
  const missing = async (text: string, name: string): Promise<string[]> => {
    const { isFullyTracked, missingLineage } = await checked(text, name);
    expect(isFullyTracked).toBe(missingLineage.length === 0);
    return missingLineage.map((it) => it.replaceAll(join(folder, name), "FILE"));
  };
  const untracked = async (text: string, name = "script.ts"): Promise<string[]> =>
    (await missing(headed(text, name), name)).map((it) => it.replace(/^File not tracked in lineal: /, ""));
  return {
    path: (name) => join(folder, name),
    missing,
    untracked,
    python: (text) => untracked(text, "script.py"),
  };
}
