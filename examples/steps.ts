/** What the demo runs, in order: two chapters of commands, each as a person would type it. */

/** A command line: `lineal …`, or a program of ours run by `node`. */
export type Command = readonly ["lineal" | "node", ...string[]];

/** Commands with a sentence before them. */
export interface Step {
  say: string;
  commands: readonly Command[];
}

/** Steps that share a folder, a settings home and an instance. */
export interface Chapter {
  title: string;
  folder: string;
  /** The storage root, relative to the folder. */
  storage: string;
  instance: string;
  steps: readonly Step[];
}

const tourPass: readonly Command[] = [
  ["lineal", "login", "testuser1"],
  ["node", "examples/tour/clean.ts"],
  ["lineal", "login", "testuser2"],
  ["node", "examples/tour/summarise.ts"],
  ["lineal", "login", "testuser3"],
  ["node", "examples/tour/figure.ts"],
];
const save: Command = ["lineal", "save", "raw/penguins.csv", "--key", "raw/penguins.csv"];

/** The five-minute tour of the README. */
export const tour: Chapter = {
  title: "A tour on real data: Palmer penguins",
  folder: "tour",
  storage: "penguins",
  instance: "testuser1/penguins",
  steps: [
    {
      say: "Make an instance: a folder for bytes with a database in it.",
      commands: [
        ["lineal", "login", "testuser1"],
        ["lineal", "init", "--storage", "./penguins"],
      ],
    },
    {
      say: "A raw table is delivered. It lies outside the storage, so saving copies it.",
      commands: [["node", "examples/tour/deliver.ts"], save],
    },
    { say: "Three users run three programs, each tracked by `await ln.track()`.", commands: tourPass },
    { say: "Where does the figure come from?", commands: [["lineal", "lineage", "figures/penguins.png"]] },
    {
      say: "One line of the raw table is corrected, and the same programs run again.",
      commands: [["node", "examples/tour/deliver.ts", "--corrected"], save, ...tourPass],
    },
    {
      say: "The keys are the same, the versions are new, and both figures know their past.",
      commands: [
        ["node", "examples/tour/compare.ts"],
        ["lineal", "load", "--key", "figures/penguins.png", "-o", "penguins.png", "--force"],
      ],
    },
  ],
};

/** The project flow: a CRISPRa screen meets single-cell sequencing, in generated data. */
export const projectFlow: Chapter = {
  title: "A project flow: a screen meets single-cell sequencing",
  folder: "project-flow",
  storage: "mydata",
  instance: "testuser1/mydata",
  steps: [
    {
      say: "Another instance. Its data are generated in the shape of Schmidt et al. 2022.",
      commands: [
        ["lineal", "login", "testuser1"],
        ["lineal", "init", "--storage", "./mydata"],
      ],
    },
    {
      say: "testuser1 uploads the result of the screen in an app, and has a first look.",
      commands: [
        ["node", "examples/project-flow/upload-crispra-result.ts"],
        ["node", "examples/project-flow/screen-quality.ts"],
      ],
    },
    {
      say: "testuser2 identifies hits.",
      commands: [
        ["lineal", "login", "testuser2"],
        ["node", "examples/project-flow/hit-identification.ts"],
      ],
    },
    {
      say: "The sequencer of testuser1 uploads reads.",
      commands: [["node", "examples/project-flow/chromium-10x-upload.ts"]],
    },
    {
      say: "testuser2 registers a pipeline with version and reference, then runs it.",
      commands: [
        ["node", "examples/project-flow/register-cellranger.ts"],
        ["node", "examples/project-flow/cellranger.ts"],
        ["node", "examples/project-flow/postprocess-cellranger.ts"],
      ],
    },
    {
      say: "testuser2 brings both together in two figures.",
      commands: [["node", "examples/project-flow/integrated-analysis.ts"]],
    },
    {
      say: "testuser1 reviews the result, and asks where it came from.",
      commands: [["node", "examples/project-flow/project-flow.ts"]],
    },
    {
      say: "The figures as files, and the lineage once more from the command line, drawn as well.",
      commands: [
        ["lineal", "load", "--key", "figures/umap_fig1_score-wgs-hits.png", "-o", "umap.png", "--force"],
        [
          "lineal",
          "load",
          "--key",
          "figures/matrixplot_fig2_score-wgs-hits-per-cluster.png",
          "-o",
          "matrixplot.png",
          "--force",
        ],
        ["lineal", "lineage", "figures/matrixplot_fig2_score-wgs-hits-per-cluster.png"],
        [
          "lineal",
          "lineage",
          "figures/matrixplot_fig2_score-wgs-hits-per-cluster.png",
          "--format",
          "svg",
          "-o",
          "lineage.svg",
        ],
        [
          "lineal",
          "lineage",
          "figures/matrixplot_fig2_score-wgs-hits-per-cluster.png",
          "--format",
          "png",
          "-o",
          "lineage.png",
        ],
      ],
    },
  ],
};
