/** Filters as typed on a command line. */

import { expect, test } from "vitest";
import { parseFilters } from "../../src/cli/filters.ts";

test.each([
  [["key=x.csv"], { key: { eq: "x.csv" } }],
  [["key="], { key: { eq: "" } }],
  [["key=a=b"], { key: { eq: "a=b" } }],
  [["size>1000", "size<=2000"], { size: { gt: 1000, lte: 2000 } }],
  [["key~matrix"], { key: { icontains: "matrix" } }],
  [["key.startsWith=fastq/"], { key: { startsWith: "fastq/" } }],
  [["suffix.in=.jpg,.png"], { suffix: { in: [".jpg", ".png"] } }],
  [["kind!=model"], { kind: { ne: "model" } }],
  [["description=null"], { description: { eq: null } }],
  [["isLatest=true"], { isLatest: { eq: true } }],
  [["createdAt>=2026-01-01"], { createdAt: { gte: new Date("2026-01-01") } }],
  [["run.transform.key=ingest.ts"], { run: { transform: { key: { eq: "ingest.ts" } } } }],
  [
    ["run.params.lr=0.01", "run.params.model.name=x"],
    { run: { params: { lr: { eq: 0.01 }, model: { name: { eq: "x" } } } } },
  ],
  [["run.params.__proto__.x=1"], { run: { params: JSON.parse('{"__proto__":{"x":{"eq":1}}}') } }],
  [
    ["createdBy=testuser1"],
    { createdBy: { any: [{ handle: { eq: "testuser1" } }, { uid: { startsWith: "testuser1" } }] } },
  ],
  [["ulabels.name=T cell"], { ulabels: { name: { eq: "T cell" } } }],
  [["run=null"], { run: null }],
  [["run!=null"], { run: { not: null } }],
  [["branch=trash"], { branch: "trash" }],
])("%j", (texts, where) => expect(parseFilters("Artifact", texts)).toEqual(where));

test.each([
  ["key", "is no test"],
  ["kye=x", "Artifact has no field 'kye'"],
  ["run.transform.kye=x", "Transform has no field 'kye'"],
  ["stem=x", "Artifact has no field 'stem'"],
  ["__proto__=x", "Artifact has no field '__proto__'"],
  ["size=big", "size must be a whole number"],
  ["isLatest=yes", "isLatest must be true or false"],
  ["key.startsWith>x", "has two operators"],
  ["key.part=x", "key has no part part"],
  ["run>x", "run is a Run"],
])("%s is refused: %s", (text, message) => expect(() => parseFilters("Artifact", [text])).toThrow(message));
