/** Names of functions and classes in the hash of code: they count where a program may look at them, and nowhere else. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSource } from "../../src/code/source.ts";
import { astHash } from "../../src/code/syntax.ts";

/** Whether the text with `nm` is the one with another name in its place. */
const same = async (text: string): Promise<boolean> => {
  const [one, other] = await Promise.all(
    [text, text.replaceAll(/\bnm\b/g, "other")].map((code) => astHash(code, "x.ts")),
  );
  expect(one, text).toBeDefined();
  return one === other;
};

describe("is a change", () => {
  test.each([
    "function nm() {} scores[nm.name] = 1;",
    "const nm = () => 1; for (const model of [nm]) scores[model.name] = model();",
    "let nm; nm = () => 1; use(nm.name);",
    "const nm = class {}; const { name } = nm; use(name);",
    "function nm() {} let n; ({ name: n } = nm); use(n);",
    "function nm() {} use(nm?.['name']);",
    "function nm() {} const k = 'name'; use(nm[k]);",
    "function nm() {} const k = 'na' + 'me'; use(nm[k]);",
    "function nm() {} for (const k of ['length', key]) use(nm[k]);",
    "function nm() {} export const read = (k) => nm[k];",
    "function nm() {} const { [key]: n } = nm; use(n);",
    "class nm {} use(nm.name);",
    "class nm { who() { return this.constructor.name; } } use(new nm().who());",
    "class nm { static who = this.name; } use(nm.who);",
    "use((function nm() {}).name);",
    "use((class nm {}).name);",
    "export default function nm() {} use(nm.name);",
    "function nm() {} use(String(nm));",
    "function nm() {} use([nm].map(String));",
    "function nm() {} use(nm.toString());",
    "function nm() {} use(`${nm}`);",
    "function nm() {} use('' + nm);",
    "const f = ({ nm = () => 1 }) => nm.name; use(f({}));",
    "class A { #nm() {} who() { return this.#nm.name; } } use(A);",
    "const nm = () => 1; use(Reflect.get(nm, key));",
    // what shows values
    "import { inspect } from 'node:util'; class nm {} use(inspect(new nm()));",
    "import { format as f } from 'util'; class nm {} use(f('%o', new nm()));",
    "import u from 'util'; class nm {} use(u.inspect(new nm()));",
    "import * as u from 'node:util'; const { inspect } = u; class nm {} use(inspect(new nm()));",
    "const { inspect } = require('util'); class nm {} use(inspect(new nm()));",
    "const u = await import('util'); class nm {} use(u.formatWithOptions({}, new nm()));",
    "export { inspect } from 'util'; export class A { m() { class nm {} return new nm(); } }",
    "function nm() { return new Error().stack; } use(nm());",
    "function nm() { throw new Error(); } try { nm(); } catch ({ stack }) { use(stack); }",
    "function nm() { throw new Error(); } try { nm(); } catch (e) { use(e?.['stack']); }",
    // texts of functions
    "function nm() {} use({ [nm]: 1 }, class { static [nm] = 1; });",
    "function nm() {} use([nm, 1].join());",
    "function nm() {} use([nm, zed].sort());",
    "function nm() {} let s = ''; s += nm; use(s);",
    "function nm() {} use(nm in rows, nm < rows);",
    "function nm() {} const g = a ? nm : b; use(`${g}`);",
    "function nm() {} let g; g = b ?? nm; const h = g; use('a' + h);",
    "function nm() {} const fns = [f, nm]; use(fns.map((fn) => `${fn}`));",
    "function nm() {} const fns = [f]; use([...fns, nm].slice(1).reduce((all, fn) => all + fn, ''));",
    "const nm = () => 1; const fns = [nm]; for (const fn of fns) use('a' + fn);",
    "const nm = () => 1; const [, fn] = [0, nm]; use(`${fn}`, fn);",
    "function nm() {} function say(x) { return 'a' + x; } use(say(nm));",
    "function nm() {} const say = (a, ...x) => x.join(); use(say(1, 2, nm));",
    "function nm() {} function report(fns, x) { return fns.map((fn) => `${fn}`.slice(0, 20) + fn(x)); } use(report([nm], [1]));",
    "function nm() {} function say(x = nm) { return `${x}`; } use(say());",
    "function nm() {} const fns = [nm]; use(`${fns[0]}`, fns);",
  ])("%s", async (text) => {
    expect(await same(text)).toBe(false);
  });
});

describe("is no change", () => {
  test.each([
    ["nobody looks", "function nm() {} const a = () => nm(); class B { c() { return nm(); } } use(a, B);"],
    ["a property is written", "function nm() {} use({ name: 1, toString: nm() }, class { name = 2 });"],
    ["properties are called so", "const nm = () => 1; use({ fn: () => 2 }, nm()); const fn = 1 + x; use('' + fn);"],
    [
      "keys are numbers",
      "function nm(rows) { for (let i = 1; i < rows.length; i++) { use(rows[i], rows[i - 1], rows[rows.length - 1], rows[0], rows[i + 1]); } } nm([]);",
    ],
    ["keys are spelt out", "const nm = (row) => row['id']; const k = 'id'; use(nm(row)[k]);"],
    ["texts of numbers", "const nm = () => 1; use(nm().toString(16), String(2), String(`a`));"],
    ["a variable of another kind", "const nm = 1 + x; let b = nm; use(b.name, f.name, rows[b]);"],
    [
      "asks what something is",
      "class nm {} function f(e) { return e instanceof nm || e === nm || e == nm; } use(f(1));",
    ],
    [
      "texts of what functions give",
      "function nm(x) { return `${x}` + x; } use(`${nm(1)}`, 'a' + nm(2), [nm(3)].join(), { [nm(4)]: 1 }); use([1].map(nm).join());",
    ],
    [
      "functions are handed on",
      "function nm(x) { return x; } const run = (fn, label) => `${label}` + fn(1) + label; use(run(nm, 'a'), [1].map((x) => 'a' + x).map(nm));",
    ],
    [
      "another has its name",
      "const fns = [() => 1]; for (const fn of fns) use(fn); const nm = (fn) => `${fn}`; use(nm(1), nm(2));",
    ],
    ["stacks are made", "function nm(rows) { return np.stack(rows); } use(nm(1));"],
    [
      "something else formats",
      "import { format } from 'date-fns'; import { promisify } from 'node:util'; const nm = () => 1; use(format(nm()), promisify(a), b.format(1));",
    ],
    ["a parameter, what is caught", "use((nm) => nm.name); try { } catch (nm) { use(nm.name); }"],
  ])("%s", async (_, text) => {
    expect(await same(text)).toBe(true);
  });
});

describe("in a program of several files", () => {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "names-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const codeHash = async (files: Record<string, string>) => {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { codeHash: code, dynamic } = await readSource(join(folder, "main.ts"));
    return [code, ...dynamic.map((module) => module.codeHash)];
  };
  const main = (name: string) => `import { score } from "./score.ts"; function ${name}() { return 1; } score(${name});`;

  test("one that looks is enough, imported or on demand", async () => {
    const blind = "export const score = (model) => model();";
    const looking = "export const score = (model) => ({ [model.name]: model() });";
    expect(await codeHash({ "main.ts": main("a"), "score.ts": blind })).toEqual(
      await codeHash({ "main.ts": main("b"), "score.ts": blind }),
    );
    expect(await codeHash({ "main.ts": main("a"), "score.ts": looking })).not.toEqual(
      await codeHash({ "main.ts": main("b"), "score.ts": looking }),
    );
    const lazy = (name: string) => `function ${name}() { } (await import("./score.ts")).score(${name});`;
    expect(await codeHash({ "main.ts": lazy("a"), "score.ts": blind })).toEqual(
      await codeHash({ "main.ts": lazy("b"), "score.ts": blind }),
    );
    expect(await codeHash({ "main.ts": lazy("a"), "score.ts": looking })).not.toEqual(
      await codeHash({ "main.ts": lazy("b"), "score.ts": looking }),
    );
    const steps = "use((await import(`./${step}.ts`)).name);";
    const [before] = await codeHash({ "main.ts": steps });
    expect((await codeHash({ "main.ts": steps, "more.ts": "export function more() { }" }))[0]).toBe(before);
    const asks = 'use((await import("./made.ts")).default.name);';
    const made = (name: string) => `export default function ${name}() { }`;
    expect(await codeHash({ "main.ts": asks, "made.ts": made("a") })).not.toEqual(
      await codeHash({ "main.ts": asks, "made.ts": made("b") }),
    );
  });
});
