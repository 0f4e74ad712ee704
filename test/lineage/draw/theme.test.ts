/** The colours of pictures: kinds that the colour-blind tell apart, and text that can be read. */
import { describe, expect, test } from "vitest";
import { PALETTES } from "../../../src/lineage/draw/theme.ts";

describe("kinds are told apart by people who see colours differently", () => {
  /** Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB. */
  const SIGHTS = {
    normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
    deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
    tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
  };
  type Rgb = readonly [number, number, number];
  const linear = (hex: string): Rgb =>
    [1, 3, 5].map((at) => {
      const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as unknown as Rgb;
  const seen = ([r, g, b]: Rgb, m: readonly number[]): Rgb =>
    [0, 3, 6].map((row) =>
      Math.min(1, Math.max(0, (m[row] ?? 0) * r + (m[row + 1] ?? 0) * g + (m[row + 2] ?? 0) * b)),
    ) as unknown as Rgb;
  /** OKLab (Ottosson 2020). */
  const lab = ([r, g, b]: Rgb): Rgb => {
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  };

  test.each([
    ["light", PALETTES.light, { normal: 0.13, protan: 0.09, deutan: 0.124, tritan: 0.102 }],
    ["dark", PALETTES.dark, { normal: 0.158, protan: 0.13, deutan: 0.128, tritan: 0.115 }],
  ] as const)("%s", (_, palette, least) => {
    const outlines = (["artifact", "run", "transform", "collection", "record"] as const).map(
      (kind) => palette[kind][1],
    );
    for (const [sight, matrix] of Object.entries(SIGHTS)) {
      const labs = outlines.map((hex) => lab(seen(linear(hex), matrix)));
      const distances = labs.flatMap((a, i) =>
        labs.slice(i + 1).map((b) => Math.hypot(...a.map((part, at) => part - (b[at] ?? 0)))),
      );
      expect(Math.min(...distances), sight).toBeGreaterThan(least[sight as keyof typeof least] - 0.001);
    }
  });

  test.each([
    ["light", PALETTES.light],
    ["dark", PALETTES.dark],
  ] as const)("%s: text and outlines stand out from what they are on", (_, palette) => {
    const luminance = (hex: string) =>
      linear(hex).reduce((sum, part, i) => sum + part * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0);
    const contrast = (a: string, b: string) => {
      const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (light + 0.05) / (dark + 0.05);
    };
    for (const ink of [palette.text, palette.small]) expect(contrast(ink, palette.paper)).toBeGreaterThan(4.5);
    for (const [fill, ink] of Object.values(palette.statuses)) {
      expect(contrast(ink, fill)).toBeGreaterThan(5.7);
      expect(contrast(palette.text, fill)).toBeGreaterThan(4.5);
    }
    for (const kind of ["artifact", "run", "transform", "collection", "record"] as const)
      expect(contrast(palette[kind][1], palette.paper)).toBeGreaterThan(3);
  });
});
