/** The pictures of the examples: same chart, same bytes, and labels that can be read. */
import { expect, test } from "vitest";
import { drawPng } from "../../examples/draw.ts";

const chart = (text: string) => ({
  data: { values: [{ text }] },
  mark: "text" as const,
  encoding: { text: { field: "text", type: "nominal" as const } },
});

test("text is drawn with a font of ours, whatever the machine has", async () => {
  const [label, again, blank] = await Promise.all(["IFNG", "IFNG", " "].map((text) => drawPng(chart(text))));
  expect(Buffer.from(label?.subarray(0, 8) ?? []).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  expect(label).toEqual(again);
  expect(label).not.toEqual(blank);
});
