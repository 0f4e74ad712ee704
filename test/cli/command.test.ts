/** Declared commands: what is read from a command line, what is refused, and the help. */

import { describe, expect, test } from "vitest";
import { command, Misuse } from "../../src/cli/command.ts";

const example = command({
  summary: "put things somewhere",
  arguments: { what: { doc: "the thing" }, more: { doc: "other things", optional: true, rest: true } },
  options: {
    key: { type: "string", doc: "a name" },
    limit: { type: "number", from: 1, value: "N", doc: "at most so many" },
    since: { type: "time", value: "TIME", doc: "from then on" },
    filter: {
      type: "string",
      multiple: true,
      value: "F=V",
      doc: "a test that is described at such length that it has to be folded into a second line",
    },
    format: { type: "string", choices: ["tree", "dot"], doc: "how to draw it" },
    output: { type: "string", short: "o", value: "FILE", doc: "where to" },
    force: { type: "boolean", doc: "do it anyway" },
  },
  examples: ["lineal put this"],
  run: ({ args, options, json, quiet }) => ({ json: { args, options, json, quiet } }),
});

async function read(...argv: string[]): Promise<unknown> {
  return (await example.start(argv).run()).json;
}

function misuse(...argv: string[]): Misuse {
  try {
    example.start(argv);
  } catch (error) {
    if (error instanceof Misuse) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a command line", () => {
  test("is read into arguments and options", async () => {
    expect(
      await read(
        "a",
        "--key=k",
        "--limit",
        "3",
        "--filter",
        "x=1",
        "b",
        "--filter",
        "y=2",
        "-o",
        "f.txt",
        "--force",
        "-q",
      ),
    ).toEqual({
      args: { what: "a", more: ["b"] },
      options: {
        key: "k",
        limit: 3,
        filter: ["x=1", "y=2"],
        format: undefined,
        since: undefined,
        output: "f.txt",
        force: true,
        json: false,
        quiet: true,
        help: false,
      },
      json: false,
      quiet: true,
    });
  });

  test("may leave out what is optional, and end options with --", async () => {
    expect(await read("--", "--force")).toMatchObject({
      args: { what: "--force", more: [] },
      options: { force: false, filter: [] },
    });
    expect(await read("a", "--key=-x", "--json")).toMatchObject({ options: { key: "-x" }, json: true });
    expect(await read("a", "--key", "-")).toMatchObject({ options: { key: "-" } });
  });

  test.each([
    [[], "WHAT is missing", "WHAT: the thing"],
    [["a", "--kye", "x"], "unknown option --kye", "did you mean --key?"],
    [["a", "-z"], "unknown option -z", "--help lists the options"],
    [["a", "--constructor"], "unknown option --constructor", "--help lists the options"],
    [["a", "--key"], "--key needs a value", "--key VALUE"],
    [["a", "--key", "--force"], "--key needs a value", "if '--force' is the value, write --key=--force"],
    [["a", "--force=yes"], "--force takes no value", undefined],
    [["a", "--limit", "many"], "--limit takes a whole number from 1 on, not 'many'", "for example --limit 3"],
    [["a", "--limit", "0"], "--limit takes a whole number from 1 on, not '0'", "for example --limit 3"],
    [["a", "--limit", "-1"], "--limit takes a whole number from 1 on, not '-1'", "for example --limit 3"],
    [
      ["a", "--since", "2026-02-31"],
      "--since takes a time, not '2026-02-31'",
      "for example --since 2026-01-31, or --since 2026-01-31T12:00:00Z",
    ],
    [["a", "--format", "tre"], "--format cannot be 'tre'", "did you mean tree?"],
    [["a", "--format", "svg!"], "--format cannot be 'svg!'", "it is one of tree, dot"],
  ])("%j is refused: %s", (argv, message, hint) => {
    const error = misuse(...argv);
    expect(error.message).toBe(message);
    expect(error.hint).toBe(hint);
  });

  test("asks for help whatever else it lacks", () => {
    expect(example.start(["--help"]).help).toBe(true);
    expect(example.start(["-h", "--force"]).help).toBe(true);
  });

  test("without room for more refuses more", () => {
    const none = command({
      summary: "be",
      arguments: {},
      options: {},
      examples: ["lineal be"],
      run: () => ({ json: null }),
    });
    expect(() => none.start(["a"])).toThrow("unexpected argument 'a'");
  });
});

test("the help fits 80 columns and ends in an example", () => {
  const help = example.help("put");
  expect(Math.max(...help.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(help).toMatchInlineSnapshot(`
    "lineal put WHAT [MORE…] [options]

    Put things somewhere.

    Arguments
      WHAT  the thing
      MORE  other things

    Options
      --key KEY          a name
      --limit N          at most so many
      --since TIME       from then on
      --filter F=V       a test that is described at such length that it has to be
                         folded into a second line (repeatable)
      --format tree|dot  how to draw it
      -o, --output FILE  where to
      --force            do it anyway
      --json             answer with one JSON document
      -q, --quiet        say only what was asked for
      -h, --help         show this

    Example
      lineal put this"
  `);
});
