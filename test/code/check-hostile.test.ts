/** Files made to exhaust the checker. */
import { describe, expect, test } from "vitest";
import { programs } from "../support/checked.ts";

const { missing } = programs();

describe("hostile files come to an end", () => {
  const tooDeep = "FILE is nested too deeply to be read";
  const unread = "Syntax error while parsing FILE: unexpected input (line 1)";
  const noTrack = "Missing ln.track() call in script.";
  test.each([
    ["parentheses", "js", `${"(".repeat(20_000)}1${")".repeat(20_000)}`, tooDeep],
    ["parentheses", "py", `x = ${"(".repeat(20_000)}1${")".repeat(20_000)}\n`, unread],
    ["functions in functions", "js", `${"(()=>{".repeat(3000)}${"})()".repeat(3000)}`, tooDeep],
    ["a very long sum", "js", `read(${Array(60_000).fill('"a"').join("+")})`, tooDeep],
    ["a long chain", "js", `a${".b(1)".repeat(20_000)}.c("a.csv")`, tooDeep],
    [
      "a long sum",
      "js",
      `read(${Array(1000).fill('"a"').join("+")}+"/b.csv")`,
      expect.stringMatching(/^File not tracked in lineal: a{1000}\/b\.csv/),
    ],
    [
      "a long sum",
      "py",
      `read(${Array(500).fill('"a"').join("+")}+"/b.csv")\n`,
      expect.stringMatching(/^File not tracked in lineal: a{500}\/b\.csv/),
    ],
    [
      "a long else-if",
      "js",
      `${"if(a)x='a.csv';else ".repeat(500)}y();read(x)`,
      "File not tracked in lineal: a.csv (line 1)",
    ],
    [
      "helpers that call each other twice",
      "js",
      Array.from({ length: 60 }, (_, i) => `function f${i}(p){${i ? `f${i - 1}(p+"a");f${i - 1}(p+"b")` : "read(p)"}}`)
        .concat('f59("x.csv")')
        .join(";"),
      noTrack,
    ],
    ["texts that double", "js", `let a=c?'a':'b';${"a=a+(c?'a':'b');".repeat(5_000)}`, noTrack],
    [
      "texts that double by replacing",
      "py",
      `a = "a"\n${'a = a.replace("a", "aa")\n'.repeat(5_000)}open(a)\n`,
      "Missing ln.track() call in script.",
    ],
    [
      "what is almost a date",
      "js",
      `use("yy/${"d".repeat(900)}x")`,
      expect.stringMatching(/^File not tracked in lineal: yy\/d{900}x/),
    ],
    [
      "what is almost a pattern",
      "py",
      `use("%${"0".repeat(200_000)}" % x, "${"{a".repeat(20_000)}".format(x))\n`,
      "Missing ln.track() call in script.",
    ],
    [
      "folders above folders",
      "py",
      `a = Path(".")\n${"a = a.parent\n".repeat(10_000)}open(a)\n`,
      "Missing ln.track() call in script.",
    ],
    [
      "objects in objects",
      "js",
      `let a={};${"a={x:a,y:a};".repeat(2_000)}read(a,"a.csv")`,
      "File not tracked in lineal: a.csv (line 1)",
    ],
    [
      "a wide list",
      "py",
      `a = [${"1, ".repeat(50_000)}]\nopen("a.csv")\n`,
      "File not tracked in lineal: a.csv (line 2)",
    ],
    ["junk", "py", "case 1. yield ( match\n".repeat(1_000), unread],
  ])("%s (%s)", { timeout: 60_000 }, async (_, suffix, text, expected) => {
    expect(await missing(text, `hostile.${suffix}`)).toContainEqual(expected);
  });

  test("many small functions", { timeout: 60_000 }, async () => {
    const text = Array.from(
      { length: 4_000 },
      (_, i) => `function g${i}(t,n){var e=n(${i});return t?g${i + 1}(e):n("x${i}.js")}`,
    ).join(";");
    expect(await missing(text, "hostile.js")).toContainEqual("File not tracked in lineal: x3999.js (line 1)");
  });
});
