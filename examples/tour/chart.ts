/** The chart of the tour, as a vega-lite specification. */
import type { TopLevelSpec } from "vega-lite";

/** Flipper length against body mass: a dot for each bird, a diamond for each group's mean. */
export function penguinChart(birds: object[], means: object[]): TopLevelSpec {
  const x = {
    field: "Flipper Length (mm)",
    type: "quantitative",
    scale: { zero: false },
    title: "flipper length (mm)",
  } as const;
  const y = { field: "Body Mass (g)", type: "quantitative", scale: { zero: false }, title: "body mass (g)" } as const;
  const color = { field: "Species", type: "nominal", scale: { range: ["#d1642e", "#7a4fb5", "#12807c"] } } as const;
  return {
    title: {
      text: "Longer flippers, heavier penguins",
      subtitle: `${birds.length} birds; diamonds are the means of females and males of each species`,
    },
    width: 460,
    height: 320,
    layer: [
      {
        data: { values: birds },
        mark: { type: "point", filled: true, size: 30, opacity: 0.5 },
        encoding: { x, y, color },
      },
      {
        data: { values: means },
        mark: { type: "point", shape: "diamond", filled: true, size: 260, stroke: "white", strokeWidth: 2, opacity: 1 },
        encoding: { x, y, color },
      },
      {
        data: { values: means },
        transform: [{ calculate: "datum.Sex === 'MALE' ? '♂' : '♀'", as: "sign" }],
        mark: { type: "text", dx: 11, align: "left", fontSize: 17, color: "#24292f" },
        encoding: { x, y, text: { field: "sign" } },
      },
    ],
  };
}
