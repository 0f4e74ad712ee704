/** A lineage graph as a picture in PNG, for slides, chats and wherever SVG is not taken. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LinealError } from "../../ground/errors.ts";
import type { GraphData } from "../graph/node.ts";
import { checked } from "../graph/options.ts";
import { FONTS, svg, SVG_OPTIONS } from "../draw/svg.ts";
import type { SvgOptions } from "../draw/svg.ts";

/** How a PNG is drawn: `theme` is `"light"` unless told; `scale` is pixels per pixel of the SVG, 2 unless told. */
export interface PngOptions extends Omit<SvgOptions, "theme"> {
  readonly theme?: "light" | "dark";
  readonly scale?: number;
  /** Called once with the letters of labels that no font at hand has, when there are any: they are left out. */
  readonly onMissing?: (letters: string) => void;
}

const OPTIONS = {
  ...SVG_OPTIONS,
  theme: ["light", "dark"],
  scale: {
    fits: (value: unknown) => Number(value) === value && value > 0 && value <= 10,
    says: "a number above 0 and up to 10: 1 is the size of the SVG",
  },
  onMissing: { fits: (value: unknown) => typeof value === "function", says: "a function that takes the letters" },
};
const MOST_PIXELS = 64e6;
const LONGEST_SIDE = 20_000;
const CELL = 32; // pixels around a letter that is drawn by itself
const NOBODYS = "\u{10fffd}"; // a letter that no font has

/**
 * The bytes of a PNG; very large graphs are scaled down to 64 megapixels. Letters that are not in the shipped font
 * (Latin, Greek, Cyrillic) are taken from the system's fonts, and left out where those lack them too. Throws `missing-dependency` without `@resvg/resvg-js`.
 */
export async function png(graph: GraphData, options?: PngOptions): Promise<Uint8Array> {
  const { theme = "light", scale = 2, onMissing, ...others } = checked<PngOptions>('graph.to("png")', options, OPTIONS);
  const { renderAsync } = await loadResvg();
  const { FAMILY, isShipped, fontBytes } = await import("../draw/font.ts");
  const text = await svg(graph, { ...others, theme });
  const folder = await mkdtemp(join(tmpdir(), "lineal-font-"));
  try {
    const file = join(folder, "labels.ttf"); // resvg takes fonts only from files
    await writeFile(file, fontBytes());
    const font = {
      fontFiles: [file],
      defaultFontFamily: FAMILY,
      sansSerifFamily: FAMILY,
      loadSystemFonts: !isShipped(text),
    };
    const picture = await renderAsync(text, { fitTo: { mode: "zoom", value: Math.min(scale, largest(text)) }, font });
    if (onMissing && font.loadSystemFonts) {
      const drawn = text.replace(/<title>[^<]*<\/title>|aria-label="[^"]*"/g, "");
      const letters = [...new Set(drawn.match(/[^\p{M}\p{C}\p{Z}]/gu))]
        .filter((letter) => !isShipped(letter))
        .slice(0, 500);
      const sheet = await renderAsync(sheetOf([NOBODYS, ...letters]), { font });
      const missing = missingIn(sheet.pixels, letters);
      if (missing) onMissing(missing);
    }
    const bytes = picture.asPng();
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A picture of letters below each other. */
function sheetOf(letters: readonly string[]): string {
  const rows = letters.map((letter, i) => `<text x="4" y="${i * CELL + 24}">${letter}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${CELL}" height="${letters.length * CELL}" font-family="${FONTS}" font-size="20">${rows.join("")}</svg>`;
}

/** Those of the letters that look on their sheet as the first does, which no font has: empty or a box. */
function missingIn(pixels: Uint8Array, letters: readonly string[]): string {
  const size = 4 * CELL * CELL;
  const cells = letters.map((_, i) => pixels.subarray((i + 1) * size, (i + 2) * size));
  return letters.filter((_, i) => cells[i]?.every((value, at) => value === pixels[at])).join("");
}

/** True when a PNG is as large as it may be: it would have been larger. */
export function isShrunk(png: Uint8Array): boolean {
  const header = new DataView(png.buffer, png.byteOffset);
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  return Math.max(width, height) >= LONGEST_SIDE - 1 || width * height >= 0.99 * MOST_PIXELS;
}

/** The scale at which the picture is as large as it may be. */
function largest(text: string): number {
  const [, width = 1, height = 1] = /width="(\d+)" height="(\d+)"/.exec(text)?.map(Number) ?? [];
  return Math.min(LONGEST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
}

async function loadResvg(): Promise<typeof import("@resvg/resvg-js")> {
  try {
    return await import("@resvg/resvg-js");
  } catch (cause) {
    throw new LinealError(
      "missing-dependency",
      "PNG pictures need the package @resvg/resvg-js, which is not installed",
      {
        hint: 'npm install @resvg/resvg-js, or use graph.to("svg")',
        shell: "npm install @resvg/resvg-js, or use --format svg",
        cause,
      },
    );
  }
}
