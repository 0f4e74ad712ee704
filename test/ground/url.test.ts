/** What is a URL and what a path. */
import { expect, test } from "vitest";
import { isUrl, schemeOf } from "../../src/ground/url.ts";

test.each([
  ["s3://bucket/x", "s3"],
  ["memory://x", "memory"],
  ["HTTPS://example.org/a", "https"],
  ["file:///data/a.csv", "file"],
  ["file:/data/a.csv", "file"],
  ["s3:/bucket", "s3"],
  ["postgres://ada@localhost/lab", "postgres"],
  ["git+ssh://host/repo", "git+ssh"],
])("%s is a URL of the scheme %s", (text, scheme) => {
  expect([isUrl(text), schemeOf(text)]).toEqual([true, scheme]);
});

test.each([
  "",
  "data",
  "./data",
  "/data/a:b.csv",
  "C:/data",
  "c:\\data",
  "C:",
  "a:b",
  "artifact:7hK2",
  "1x://y",
  "../s3://x",
])("%s is a path", (text) => {
  expect([isUrl(text), schemeOf(text)]).toEqual([false, undefined]);
});
