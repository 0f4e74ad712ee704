import { expect, test } from "vitest";
import { model, names, printName, printTime, printTitle, printValue, relationOf } from "../../src/model/index.ts";

test("values for people", () => {
  const at = new Date("2024-12-20T15:09:33.123Z");
  expect(printTime(at)).toBe("2024-12-20 15:09:33 UTC");
  expect([null, undefined, at, 1.5, true, "x", { a: 1 }].map((value) => printValue(value))).toEqual([
    "",
    "",
    "2024-12-20 15:09:33 UTC",
    "1.5",
    "true",
    "x",
    '{"a":1}',
  ]);
  expect(printValue(16_900, "bytes")).toBe("16.9 kB");
});

test("records in a sentence and in a list", () => {
  const uid = "AsXmTxA3fQx0z0000000";
  expect(printName("Artifact", { uid, key: "x.csv" })).toBe("Artifact('AsXmTxA3', key='x.csv')");
  expect(printName("Run", { uid, name: null })).toBe("Run('AsXmTxA3')");
  expect(printName("ULabel", { uid, name: "\u001b[31mred" })).toBe("ULabel('AsXmTxA3', name='\\x1b[31mred')");
  expect(printTitle("Artifact", { uid, key: null, description: "as delivered" })).toBe("as delivered");
  expect(printTitle("Run", { uid })).toBe("AsXmTxA3");
});

test("what people know rows by is there", () => {
  for (const name of names) {
    const { knownBy, columns } = model[name];
    if (!knownBy) continue;
    expect(relationOf(name, knownBy[0])?.way.is, name).toBe("ref");
    expect(columns[knownBy[1]]?.is, name).toBe("field");
  }
});
