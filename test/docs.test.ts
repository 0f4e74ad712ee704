/** The docs are for people: no paragraph that nobody reads to its end. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./support/repository.ts";

const MOST_WORDS = 90;
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(repository, "docs")).flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : [])),
];

/** Paragraphs, list items and rows of tables; code is none. */
function paragraphsOf(markdown: string): string[] {
  return markdown
    .replace(/^```[^]*?^```$/gm, "\n")
    .split(/\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.)\s)/)
    .map((text) => text.trim())
    .filter((text) => text !== "");
}

const wordsIn = (text: string): number => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

test.each(pages)("%s has no paragraph over 90 words", (page) => {
  const long = paragraphsOf(readFileSync(join(repository, page), "utf8")).filter((text) => wordsIn(text) > MOST_WORDS);
  expect(long.map((text) => `${wordsIn(text)} words: ${text.slice(0, 80)} …`)).toEqual([]);
});

test("a long paragraph is found, in lists and tables too", () => {
  const long = "word ".repeat(MOST_WORDS + 1);
  for (const text of [long, `short\n\n${long}`, `- short\n- ${long}`, `| a | b |\n|---|---|\n| c | ${long} |`])
    expect(paragraphsOf(text).filter((one) => wordsIn(one) > MOST_WORDS)).toHaveLength(1);
  expect(paragraphsOf(`\`\`\`\n${long}\n\`\`\``)).toEqual([]);
});

test("links between pages lead somewhere", () => {
  for (const page of pages) {
    for (const [, target = ""] of readFileSync(join(repository, page), "utf8").matchAll(
      /\]\(([^)#:\s]+)(?:#[^)]*)?\)/g,
    ))
      expect(() => readFileSync(join(repository, page, "..", target)), `${page}: ${target}`).not.toThrow(
        expect.objectContaining({ code: "ENOENT" }),
      );
  }
});
