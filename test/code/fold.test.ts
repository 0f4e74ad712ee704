/** Constants for one use: which refactors are no change of code, and that nothing which runs otherwise is ever taken for the same. */

import { Script } from "node:vm";
import { describe, expect, test } from "vitest";
import { astHash } from "../../src/code/syntax.ts";

const same = async (a: string, b: string): Promise<boolean> => {
  const [one, other] = await Promise.all([a, b].map((text) => astHash(text, "x.ts")));
  expect(one, a).toBeDefined();
  expect(other, b).toBeDefined();
  return one === other;
};
/** In a function, beside others that stay as they are. */
const within = (body: string): string =>
  `export async function run(a: any, b: any) {\n${body}\n}\nfunction f(x: any) { return x; }\nfunction g(x: any, y?: any) { return [x, y]; }\nlet h = g;\nexport const set = () => { h = f; };\n`;

describe("is no change", () => {
  test.each([
    ["return g(f(a.b));", "const y = f(a.b); return g(y);"],
    ["return g(f(a.b), b());", "const y: number = f(a.b); return g(y, b());"],
    ["return f(a) + b;", "const sum = f(a); return sum + b;"],
    ["return (await a.load()).rows;", "const data = await a.load(); return data.rows;"],
    ["if (a.b > 1) b();", "const big = a.b; if (big > 1) { b(); }"],
    ["if (a) return f(b);", "if (a) { const y = f(b); return y; }"],
    ["throw new Error(a);", "let e = new Error(a); throw e;"],
    ["return a.map((x) => f(x));", "return a.map((x) => { const y = f(x); return y; });"],
    ["return a.map((x) => f(x));", 'return a.map((x) => { "use strict"; return f(x); });'],
    ["return async (x) => ({ x });", "return async (x) => { return { x }; };"],
    ["const { x } = f(a); return x;", "const all = f(a); const { x } = all; return x;"],
    ["return g(f(a).b);", "const one = f(a); const two = one.b; return g(two);"],
    ["return { k: f(a), b };", "const k = f(a); return { k, b };"],
    ["return `${f(a)}.csv`;", "const y = f(a); return `${y}.csv`;"],
    ["return 2 * f(a) + b;", "const y = f(a); return 2 * y + b;"],
    ["return a.map((x) => x + 1).filter(b);", "const more = a.map((x) => x + 1); return more.filter(b);"],
    ["return [...f(a), b];", "const y = f(a); return [...y, b];"],
    ["switch (f(a)) { case 1: b(); }", "const y = f(a); switch (y) { case 1: b(); }"],
  ])("%s", async (one, other) => {
    expect(await same(within(one), within(other))).toBe(true);
  });

  test("at the top of a module, in a method, beside a namesake elsewhere", async () => {
    expect(await same("export default make(1).part;", "const made = make(1);\nexport default made.part;")).toBe(true);
    expect(
      await same(
        "class A { m(a) { return a.b.c; } n(y) { return y; } }",
        "class A { m(a) { const y = a.b; return y.c; } n(y) { return y; } }",
      ),
    ).toBe(true);
  });
});

describe("is a change", () => {
  test.each([
    ["return a.map((x) => f(x));", "return a.map((x) => { f(x); });"],
    // evaluated after something that may matter to it, or to which it may matter
    ["return b() + f(a);", "const y = f(a); return b() + y;"],
    ["return a.m(f(b));", "const y = f(b); return a.m(y);"],
    ["return h(f(b));", "const y = f(b); return h(y);"],
    ["return b + f(a);", "const y = f(a); return b + y;"],
    ["a.x = f(b);", "const y = f(b); a.x = y;"],
    ["return a && f(b);", "const y = f(b); return a && y;"],
    ["return a ? f(b) : 0;", "const y = f(b); return a ? y : 0;"],
    // evaluated more or less often
    ["while (f(a)) b();", "const y = f(a); while (y) b();"],
    ["for (const x of a) b(f(a));", "const y = f(a); for (const x of a) b(y);"],
    ["return () => f(a);", "const y = f(a); return () => y;"],
    ["return [f(a), f(a)];", "const y = f(a); return [y, y];"],
    ["return g(f(a), y);", "const y = f(a); return g(y, y);"],
    ["for (const x of a) b(x);", "const y = a; for (const x of y) b(x);"],
    // not in the next statement
    ["b(); return f(a);", "const y = f(a); b(); return y;"],
    // another `this`, another reach of `?.`, another answer of `typeof`
    ["return a.b();", "const y = a.b; return y();"],
    ["return a?.b.c;", "const y = a?.b; return y.c;"],
    ["return typeof nobody;", "const y = nobody; return typeof y;"],
    ["return a.b`x`;", "const y = a.b; return y`x`;"],
    ["const y = () => 1; return y;", "return () => 1;"],
    // names are looked up in ways that cannot be followed
    ["eval(b); return f(a);", "eval(b); const y = f(a); return y;"],
    // another value
    ["return f(a).b;", "const y = f(a); return y.c;"],
    ["return f(a);", "const y = f(b); return y;"],
  ])("%s", async (one, other) => {
    expect(await same(within(one), within(other))).toBe(false);
  });

  test("a callee that is an import, assigned, or has a namesake", async () => {
    for (const more of [
      "import { k } from './k.ts';",
      "let k = f;",
      "function k() {} k = f;",
      "function k() {} { let k = 1; }",
      "function k() {} function l(k) { return k(1); }",
      "",
    ]) {
      expect(
        await same(`${more}\nexport const z = k(f(1));`, `${more}\nconst y = f(1);\nexport const z = k(y);`),
        more,
      ).toBe(false);
    }
  });
});

describe("whatever is taken for the same runs alike", () => {
  /** The same numbers for the same seed. */
  const random = (seed: number) => () => {
    seed = (seed * 1664525 + 1013904223) % 4294967296;
    return seed / 4294967296;
  };

  /** Tells every read, call and conversion, in order; `f` and `o.m` change what the variables and fields hold. */
  const world = `
    const log = []; let n = 0;
    const value = (name) => ({ name, toString() { log.push("text " + name); return name + n; }, valueOf() { log.push("value " + name); return ++n; }, *[Symbol.iterator]() { log.push("items " + name); yield n; } });
    let v = value("v"); let w = (x) => (log.push("w", String(x)), v);
    function f(x) { log.push("f", typeof x); v = value("v" + n++); w = f; return o; }
    function g(x, y) { log.push("g", typeof x, typeof y); return o; }
    const o = { get a() { log.push("a"); n++; return this === o ? value("a") : v; }, get b() { log.push("b"); return n % 3 ? o : undefined; }, m(x) { log.push("m", this === o, typeof x); o.k = n++; return o; }, k: 0 };
  `;

  const programs = (seed: number): string[] => {
    const next = random(seed);
    const pick = <T>(...items: T[]): T => items[Math.floor(next() * items.length)] as T;
    const leaf = (): string => pick("v", "o", "o.a", "o.k", "1", "'s'", "o.b");
    const value = (depth: number): string =>
      depth === 0
        ? leaf()
        : pick(
            () => `f(${value(depth - 1)})`,
            () => `g(${value(depth - 1)}, ${value(depth - 1)})`,
            () => `w(${value(depth - 1)})`,
            () => `o.m(${value(depth - 1)})`,
            () => `(${value(depth - 1)} + ${value(depth - 1)})`,
            () => `(${value(depth - 1)} && ${value(depth - 1)})`,
            () => `(${value(depth - 1)} ? ${leaf()} : ${leaf()})`,
            () => `(${value(depth - 1)}).b`,
            () => `(${value(depth - 1)})?.k`,
            () => `[${value(depth - 1)}, ${leaf()}]`,
            () => `({ p: ${value(depth - 1)}, q: ${leaf()} }).p`,
            () => `\`\${${value(depth - 1)}}\``,
            () => `!${value(depth - 1)}`,
            () => `(() => ${value(depth - 1)})()`,
            () => leaf(),
          )();
    const [inner, rest] = [value(2), value(1)];
    // a frame with one gap, filled with the expression, with a constant for it, or with that and other orders
    const frame = pick<(gap: string) => string>(
      (gap) => `g(${gap}, ${rest})`,
      (gap) => `g(${rest}, ${gap})`,
      (gap) => `w(${gap})`,
      (gap) => `o.m(${gap})`,
      (gap) => `${gap} + ${rest}`,
      (gap) => `${rest} + ${gap}`,
      (gap) => `2 * ${gap}`,
      (gap) => `(${gap}).b`,
      (gap) => `(${gap})?.k`,
      (gap) => `(${gap})()`,
      (gap) => `[${gap}, ${rest}]`,
      (gap) => `typeof ${gap}`,
      (gap) => gap,
      (gap) => `\`\${${gap}}\${${rest}}\``,
    );
    return [
      `return ${frame(`(${inner})`)};`,
      `const y = ${inner}; return ${frame("y")};`,
      `const y = ${inner}; const z = ${rest}; return ${frame("y")};`,
      `const z = ${frame(`(${inner})`)}; return z;`,
      `const y = ${inner}; if (y) { return ${rest}; } return v;`,
      `if (${inner}) return ${rest}; return v;`,
      `const y = ${inner}; const z = ${frame("y")}; return z;`,
      `const y = ${rest}; return ${frame(`(${inner})`)};`,
    ];
  };

  const trace = (body: string): string =>
    new Script(
      `${world} let end; try { end = String((() => { ${body} })()?.name ?? "none"); } catch (error) { end = error.constructor.name; } JSON.stringify([log, end, n])`,
    ).runInNewContext() as string;

  test("2,400 programs in which something was put aside", async () => {
    const groups = new Map<string, Set<string>>();
    let folded = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const hashes = new Set<string>();
      const texts = programs(seed);
      for (const body of texts) {
        const hash = (await astHash(`${world} (() => { ${body} })();`, "x.js")) ?? expect.fail(body);
        hashes.add(hash);
        const group = groups.get(hash) ?? new Set();
        groups.set(hash, group.add(body));
      }
      folded += texts.length - hashes.size;
    }
    for (const group of groups.values()) {
      const [first = "", ...others] = group;
      for (const other of others) expect(trace(other), `${first}\n${other}`).toBe(trace(first));
    }
    expect(folded).toBeGreaterThan(500);
  });
});
