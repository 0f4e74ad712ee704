/** Group means: a module of our own, so its hash is part of what a tracked script is. */

/** One row for each species and sex: how many birds, and the means of their measurements, rounded to 0.1. */
export function groupMeans(birds: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const measures = Object.keys(birds[0] ?? {}).filter((name) => typeof birds[0]?.[name] === "number");
  const groups = Map.groupBy(birds, (bird) => `${bird["Species"]} ${bird["Sex"]}`);
  return [...groups.keys()].sort().map((name) => {
    const group = groups.get(name) ?? [];
    const mean = (measure: string) =>
      Math.round((10 * group.reduce((sum, bird) => sum + Number(bird[measure]), 0)) / group.length) / 10;
    const means = Object.fromEntries(measures.map((measure) => [measure, mean(measure)]));
    return { Species: group[0]?.["Species"], Sex: group[0]?.["Sex"], Birds: group.length, ...means };
  });
}
