/** The genes of the generated data: which there are, and their made-up transcripts. */
import { randomFrom } from "./random.ts";

/** Genes whose activation raises IFN-γ in the generated screen: named after regulators known from T cells. */
export const regulators = (
  "VAV1 CD28 TNFRSF9 OTUD7B IL1R1 CD27 LTBR TBX21 IFNG CD247 CD3E LAT LCP2 TNFRSF1A TNFRSF1B IL12RB2 STAT4 EOMES " +
  "FOSL1 PIK3AP1 APOBEC3C TRAF3IP2 CD2 IL18R1 RELA IKBKB MAP3K7 PRKCB CARD11 MALT1"
).split(" ");

/** Genes that tell one state of the generated cells from another. */
export const markers: Record<string, string[]> = {
  resting: "IL7R CCR7 SELL TCF7 LEF1 KLF2 S1PR1 FOXP1".split(" "),
  cytotoxic: "GZMB GZMH PRF1 NKG7 CCL5 CXCR3 CST7 GNLY".split(" "),
  helper2: "GATA3 IL4 IL5 IL13 PTGDR2 CCR4 IL1RL1 MAF".split(" "),
  cycling: "MKI67 TOP2A CDK1 CCNB1 TYMS PCNA STMN1 HMGB2".split(" "),
};

const housekeeping =
  "ACTB GAPDH B2M EEF1A1 RPLP0 RPS18 TUBA1B PTPRC CD3D UBC HPRT1 TBP PPIA SDHA YWHAZ PGK1 LDHA ENO1".split(" ");

/** The genes that the generated sequencing can see, in the order of the feature list. */
export const panel: readonly string[] = [...regulators, ...Object.values(markers).flat(), ...housekeeping];

/** The genes of the screen: the panel, and then as many others as it takes. */
export function screenGenes(count: number): string[] {
  const others = Array.from(
    { length: count - panel.length },
    (_, index) => `GENE${String(index + 1).padStart(4, "0")}`,
  );
  return [...panel, ...others];
}

/** Gene → the sequence that stands for its transcript, 120 letters. */
export function transcriptome(): Map<string, string> {
  const random = randomFrom(20220203);
  return new Map(panel.map((gene) => [gene, random.dna(120)]));
}
