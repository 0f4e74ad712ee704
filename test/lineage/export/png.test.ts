/** Pictures as PNG: that they are ones, how large, in which colours, and that the letters are really there. */
import { execFileSync } from "node:child_process";
import { Resvg } from "@resvg/resvg-js";
import { describe, expect, test } from "vitest";
import { LinealError } from "../../../src/ground/errors.ts";
import { isShrunk } from "../../../src/lineage/export/png.ts";
import { artifact, chain, fan, graph, singleFile } from "../sample.ts";

const uint = (bytes: Uint8Array, at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
const size = (bytes: Uint8Array) => [uint(bytes, 16), uint(bytes, 20)];

/** The pixels of a PNG, read by the renderer itself: no other PNG reader is at hand. */
function pixels(png: Uint8Array): Uint8Array {
  const [width, height] = size(png);
  const image = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" href="data:image/png;base64,${Buffer.from(png).toString("base64")}"/></svg>`;
  return new Resvg(image).render().pixels;
}

/** How many pixels are near a colour. */
function count(all: Uint8Array, [r, g, b]: readonly [number, number, number]): number {
  let found = 0;
  for (let i = 0; i < all.length; i += 4) {
    if (Math.abs((all[i] ?? 0) - r) + Math.abs((all[i + 1] ?? 0) - g) + Math.abs((all[i + 2] ?? 0) - b) < 12) found++;
  }
  return found;
}

describe("png", () => {
  test("bytes of a PNG at twice the SVG's size, or at the scale asked for", async () => {
    const [svg, png, half] = await Promise.all([
      chain().to("svg"),
      chain().to("png"),
      chain().to("png", { scale: 0.5 }),
    ]);
    const [, width = 0, height = 0] = /width="(\d+)" height="(\d+)"/.exec(svg)?.map(Number) ?? [];
    expect(png).toBeInstanceOf(Uint8Array);
    expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect(size(png)).toEqual([2 * width, 2 * height]);
    expect(Math.abs((size(half)[0] ?? 0) - width / 2)).toBeLessThanOrEqual(1);
  });

  test("labels appear: all letters of a Latin, a Greek and a Cyrillic word leave ink, other words other ink", async () => {
    const draw = async (description: string) =>
      pixels(await graph(artifact("a", { description, size: null }), [], []).to("png"));
    const ink = async (word: string) => count(await draw(word), [22, 25, 29]);
    const [blank, dot, latin, greek, cyrillic] = (await Promise.all(
      [" ", ".", "Pinguin", "πιγκουίνος", "пингвин"].map(ink),
    )) as [number, number, number, number, number];
    expect(blank).toBe(0);
    expect(dot).toBeGreaterThan(0);
    for (const word of [latin, greek, cyrillic]) expect(word).toBeGreaterThan(10 * dot);
    expect(await draw("Pinguin")).not.toEqual(await draw("niugniP"));
  });

  test("letters that no font has are told once, and only those that are drawn", async () => {
    const told = async (key: string): Promise<string[]> => {
      const all: string[] = [];
      await graph(artifact("a", { key }), [artifact("b", { key })], []).to("png", {
        onMissing: (letters) => all.push(letters),
      });
      return all;
    };
    expect(await told("Пингвин \u{14400}\u{14401}.csv")).toEqual(["\u{14400}\u{14401}"]);
    expect(await told("Пингвин, πιγκουίνος.csv")).toEqual([]);
    expect(await told(`${"x".repeat(40)}\u{14400}${"x".repeat(40)}`)).toEqual([]);
    await expect(chain().to("png", { onMissing: "x" as never })).rejects.toThrow('onMissing cannot be "x"');
  });

  test("the ring of the focus, paper light or dark", async () => {
    const [light, dark] = (await Promise.all([singleFile().to("png"), singleFile().to("png", { theme: "dark" })])).map(
      pixels,
    ) as [Uint8Array, Uint8Array];
    expect(count(light, [11, 95, 208])).toBeGreaterThan(1000);
    expect(count(dark, [125, 180, 255])).toBeGreaterThan(1000);
    expect([...light.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
    expect([...dark.subarray(0, 4)]).toEqual([15, 20, 25, 255]);
  });

  test("very large pictures are scaled down to what can be held", async () => {
    const large = await fan(400).to("png", { scale: 10, fan: Number.POSITIVE_INFINITY });
    const [width = 0, height = 0] = size(large);
    expect(isShrunk(large)).toBe(true);
    expect(isShrunk(await chain().to("png"))).toBe(false);
    expect(width * height).toBeLessThanOrEqual(65e6);
    expect(Math.max(width, height)).toBeLessThanOrEqual(20_001);
  }, 30_000);

  test.each([0, -1, Number.NaN, 11])("scale %s is refused", async (scale) => {
    await expect(chain().to("png", { scale })).rejects.toMatchObject({
      code: "invalid",
    } satisfies Partial<LinealError>);
  });

  test("without @resvg/resvg-js the error says what to install", () => {
    const program = `
      import { registerHooks } from "node:module";
      registerHooks({ resolve(name, context, next) {
        if (name === "@resvg/resvg-js") throw Object.assign(new Error("no such package"), { code: "ERR_MODULE_NOT_FOUND" });
        return next(name, context);
      } });
      const { singleFile } = await import(${JSON.stringify(new URL("../sample.ts", import.meta.url).href)});
      await singleFile().to("png").catch(error => console.log(JSON.stringify(error)));
    `;
    const said = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
    expect(JSON.parse(said)).toMatchObject({
      code: "missing-dependency",
      hint: expect.stringContaining("npm install @resvg/resvg-js"),
    });
  });
});
