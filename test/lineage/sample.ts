/** Graphs for the tests of this room: small ones by hand, large ones by rule. */
import { Graph } from "../../src/lineage/graph/graph.ts";
import { nodeId, toNode } from "../../src/lineage/graph/node.ts";
import type {
  ArtifactNode,
  CollectionNode,
  Edge,
  EdgeRole,
  Node,
  RunNode,
  TransformNode,
  Truncation,
} from "../../src/lineage/graph/node.ts";

export function artifact(uid: string, facts: Partial<ArtifactNode> = {}): ArtifactNode {
  return toNode({
    kind: "artifact",
    uid,
    key: null,
    description: null,
    suffix: null,
    size: null,
    hash: null,
    artifactKind: null,
    createdAt: "2024-12-20T15:09:00.000Z",
    createdBy: "testuser1",
    version: null,
    isLatest: true,
    ...facts,
  });
}

export function run(uid: string, transformKey: string | null, facts: Partial<RunNode> = {}): RunNode {
  return toNode({
    kind: "run",
    uid,
    name: null,
    transform: null,
    transformKey,
    transformKind: "script",
    entrypoint: null,
    status: "completed",
    startedAt: "2024-12-20T15:09:33.000Z",
    finishedAt: null,
    createdBy: "testuser1",
    ...facts,
  });
}

export function transform(uid: string, key: string): TransformNode {
  return toNode({
    kind: "transform",
    uid,
    key,
    description: null,
    transformKind: "script",
    version: null,
    createdAt: null,
    createdBy: "testuser1",
  });
}

export function collection(uid: string, key: string): CollectionNode {
  return toNode({
    kind: "collection",
    uid,
    key,
    description: null,
    createdAt: null,
    createdBy: "testuser1",
    version: null,
    isLatest: true,
  });
}

/** Edges written as `"a > b"` with node ids shortened to `a:` and `r:`; `"a > b recreated"` names another role. */
export function edges(...lines: string[]): Edge[] {
  const full = (id: string) =>
    id.replace(/^a:/, "artifact:").replace(/^r:/, "run:").replace(/^t:/, "transform:").replace(/^c:/, "collection:");
  return lines.map((line) => {
    const [from = "", , to = "", role] = line.split(" ");
    const plain: EdgeRole = from.startsWith("t:") ? "predecessor" : from.startsWith("r:") ? "output" : "input";
    return { from: full(from), to: full(to), role: (role as EdgeRole | undefined) ?? plain };
  });
}

export function graph(focus: Node, nodes: Node[], lines: Edge[], truncated: false | Truncation = false): Graph {
  return new Graph({ focus: focus.id, nodes: [focus, ...nodes], edges: lines, truncated });
}

/** Two files, one of them made, in a collection that a run put together and another used. */
export function cohort(focus = "collection:cohort"): Graph {
  const nodes = [
    collection("cohort", "cohort"),
    run("collect", "collect.ts"),
    artifact("s1", { key: "s1.csv" }),
    artifact("s2", { key: "s2.csv" }),
    run("clean", "clean.ts"),
    artifact("raw", { key: "raw.csv" }),
    run("train", "train.ts"),
    artifact("model", { key: "model.pt" }),
    collection("zoo", "zoo"),
  ];
  const lines = edges(
    "a:raw > r:clean",
    "r:clean > a:s1",
    "a:s1 > c:cohort member",
    "a:s2 > c:cohort member",
    "r:collect > c:cohort",
    "c:cohort > r:train",
    "r:train > a:model",
    "a:model > c:zoo member",
  );
  return new Graph({ focus, nodes, edges: lines });
}

/** A file nobody made and nobody used. */
export function singleFile(): Graph {
  return graph(artifact("AsXmTxA3abcdefgh0000", { key: "sample.fasta", suffix: ".fasta", size: 1234 }), [], []);
}

/** raw → clean → summary, of which the middle is the focus. */
export function chain(): Graph {
  return graph(
    artifact("cleanAAAAAAAAAAA0000", {
      key: "penguins/clean.parquet",
      suffix: ".parquet",
      size: 16948,
      artifactKind: "dataset",
    }),
    [
      artifact("rawAAAAAAAAAAAAA0000", { key: "penguins/raw.csv", suffix: ".csv", size: 15241, isLatest: false }),
      run("cleanRunAAAAAAAA", "clean.ts", { entrypoint: "cleanPenguins" }),
      run("sumRunAAAAAAAAAA", "summarise.ts", { createdBy: "testuser2", startedAt: "2024-12-21T08:00:00.000Z" }),
      artifact("sumAAAAAAAAAAAAA0000", { key: "penguins/summary.csv", suffix: ".csv", size: 912 }),
    ],
    edges(
      "a:rawAAAAAAAAAAAAA0000 > r:cleanRunAAAAAAAA",
      "r:cleanRunAAAAAAAA > a:cleanAAAAAAAAAAA0000",
      "a:cleanAAAAAAAAAAA0000 > r:sumRunAAAAAAAAAA",
      "r:sumRunAAAAAAAAAA > a:sumAAAAAAAAAAAAA0000",
    ),
  );
}

/** The project flow of seed 001, as its last step sees it; the focus is the matrix plot, or another node. */
export function projectFlow(focus = "artifact:figMatrixAAAAAAA0000"): Graph {
  const at = (minute: number) => ({ startedAt: `2024-12-20T15:${String(minute).padStart(2, "0")}:33.000Z` });
  const two = { createdBy: "testuser2" };
  const matrix = "perturbseq/filtered_feature_bc_matrix/";
  const nodes: Node[] = [
    artifact("figMatrixAAAAAAA0000", {
      key: "figures/matrixplot_fig2_score-wgs-hits-per-cluster.png",
      suffix: ".png",
      size: 28814,
    }),
    artifact("figUmapAAAAAAAAA0000", { key: "figures/umap_fig1_score-wgs-hits.png", suffix: ".png", size: 118999 }),
    artifact("crisprAAAAAAAAAA0000", {
      key: "schmidt22-crispra-gws-IFNG.csv",
      suffix: ".csv",
      size: 1729685,
      description: "Raw data of schmidt22 crispra GWS",
    }),
    artifact("hitsAAAAAAAAAAAA0000", {
      description: "hits from schmidt22 crispra GWS",
      suffix: ".parquet",
      size: 16948,
      artifactKind: "dataset",
      ...two,
    }),
    artifact("fastq1AAAAAAAAAA0000", { key: "fastq/perturbseq_R1_001.fastq.gz", suffix: ".fastq.gz", size: 6 }),
    artifact("fastq2AAAAAAAAAA0000", { key: "fastq/perturbseq_R2_001.fastq.gz", suffix: ".fastq.gz", size: 6 }),
    ...["matrix.mtx.gz", "barcodes.tsv.gz", "features.tsv.gz"].map((name, i) =>
      artifact(`m${i}AAAAAAAAAAAAAA0000`, {
        key: matrix + name,
        suffix: name.slice(name.indexOf(".")),
        size: 6,
        ...two,
      }),
    ),
    artifact("countsAAAAAAAAAA0000", {
      key: "schmidt22_perturbseq.h5ad",
      description: "perturbseq counts",
      suffix: ".h5ad",
      size: 20659936,
      artifactKind: "dataset",
      ...two,
    }),
    run("uploadRunAAAAAAA", "Upload GWS CRISPRa result", { transformKind: "app", ...at(9) }),
    run("hitRunAAAAAAAAAA", "hit-identification.ipynb", { transformKind: "notebook", ...two, ...at(10) }),
    run("seqRunAAAAAAAAAA", "chromium_10x_upload.py", at(11)),
    run("cellrangerAAAAAA", "Cell Ranger", { transformKind: "pipeline", ...two, ...at(12) }),
    run("postRunAAAAAAAAA", "postprocess_cellranger.py", { ...two, ...at(13) }),
    run("integrateRunAAAA", "integrated-analysis.ipynb", { transformKind: "notebook", ...two, ...at(14) }),
    run("reviewRunAAAAAAA", "project-flow.ipynb", { transformKind: "notebook", status: "started", ...at(15) }),
  ];
  const links = edges(
    "r:uploadRunAAAAAAA > a:crisprAAAAAAAAAA0000",
    "a:crisprAAAAAAAAAA0000 > r:hitRunAAAAAAAAAA",
    "r:hitRunAAAAAAAAAA > a:hitsAAAAAAAAAAAA0000",
    "r:seqRunAAAAAAAAAA > a:fastq1AAAAAAAAAA0000",
    "r:seqRunAAAAAAAAAA > a:fastq2AAAAAAAAAA0000",
    "a:fastq1AAAAAAAAAA0000 > r:cellrangerAAAAAA",
    "a:fastq2AAAAAAAAAA0000 > r:cellrangerAAAAAA",
    ...[0, 1, 2].flatMap((i) => [
      `r:cellrangerAAAAAA > a:m${i}AAAAAAAAAAAAAA0000`,
      `a:m${i}AAAAAAAAAAAAAA0000 > r:postRunAAAAAAAAA`,
    ]),
    "r:postRunAAAAAAAAA > a:countsAAAAAAAAAA0000",
    "a:countsAAAAAAAAAA0000 > r:integrateRunAAAA",
    "a:hitsAAAAAAAAAAAA0000 > r:integrateRunAAAA",
    "r:integrateRunAAAA > a:figMatrixAAAAAAA0000",
    "r:integrateRunAAAA > a:figUmapAAAAAAAAA0000",
    "a:figMatrixAAAAAAA0000 > r:reviewRunAAAAAAA",
  );
  return new Graph({ focus, nodes, edges: links });
}

/** Two artifacts a level, each made by its own run from both of the level before: 2^depth ways, depth hops. */
export function ladder(depth: number): Graph {
  const nodes: Node[] = [artifact("x0", { key: "x0" }), artifact("y0", { key: "y0" })];
  const links: Edge[] = [];
  for (let i = 1; i <= depth; i++) {
    for (const side of ["x", "y"]) {
      nodes.push(run(`r${side}${i}`, `${side}.ts`), artifact(`${side}${i}`, { key: `${side}${i}` }));
      links.push(
        ...edges(`a:x${i - 1} > r:r${side}${i}`, `a:y${i - 1} > r:r${side}${i}`, `r:r${side}${i} > a:${side}${i}`),
      );
    }
  }
  return new Graph({ focus: nodeId("artifact", `x${depth}`), nodes, edges: links });
}

/** One run with `width` inputs, of which the last has a run of its own, and one output used by `width` runs. */
export function fan(width: number): Graph {
  const focus = artifact("focus", { key: "merged.parquet", size: 1e9 });
  const nodes: Node[] = [run("merge", "merge.ts"), run("make", "make.ts")];
  const links = edges("r:merge > a:focus", `r:make > a:in${width}`);
  for (let i = 1; i <= width; i++) {
    nodes.push(
      artifact(`in${i}`, { key: `plates/plate${i}.csv`, size: i * 100 }),
      run(`use${i}`, "plot.ts", { status: i % 2 ? "errored" : "completed" }),
    );
    links.push(...edges(`a:in${i} > r:merge`, `a:focus > r:use${i}`));
  }
  return graph(focus, nodes, links);
}
/** What deserves a second look: a file made three times, a failed run, a flow with its step, a tombstone, a cut graph. */
export function oddities(): Graph {
  return graph(
    artifact("countsAAAAAAAAAA0001", { key: "counts.parquet", suffix: ".parquet", size: 2048, version: "2" }),
    [
      run("stepRunAAAAAAAAA", "flow.ts", { entrypoint: "countStep" }),
      run("flowRunAAAAAAAAA", "flow.ts", { entrypoint: "nightly" }),
      run("againRunAAAAAAAA", "flow.ts", {
        entrypoint: "countStep",
        createdBy: "testuser2",
        startedAt: "2024-12-21T02:00:00.000Z",
      }),
      run("againRunBBBBBBBB", "recount.ts", { startedAt: "2024-12-22T02:00:00.000Z" }),
      run("failedRunAAAAAAA", "plot.ts", { status: "errored", startedAt: "2024-12-22T03:00:00.000Z" }),
      artifact("goneAAAAAAAAAAAA0000", { key: "reads.bam", size: null, deleted: true }),
      artifact("refAAAAAAAAAAAAA0000", {
        key: "genome/GRCh38.fa.gz",
        suffix: ".gz",
        size: 938_000_000,
        isLatest: false,
      }),
      artifact("logAAAAAAAAAAAAA0000", { key: "counts.log", suffix: ".log", size: 99 }),
    ],
    edges(
      "a:goneAAAAAAAAAAAA0000 > r:stepRunAAAAAAAAA",
      "a:refAAAAAAAAAAAAA0000 > r:stepRunAAAAAAAAA",
      "r:stepRunAAAAAAAAA > a:countsAAAAAAAAAA0001",
      "r:stepRunAAAAAAAAA > a:logAAAAAAAAAAAAA0000",
      "r:flowRunAAAAAAAAA > r:stepRunAAAAAAAAA initiated",
      "r:againRunAAAAAAAA > a:countsAAAAAAAAAA0001 recreated",
      "r:againRunBBBBBBBB > a:countsAAAAAAAAAA0001 recreated",
      "a:countsAAAAAAAAAA0001 > r:failedRunAAAAAAA",
    ),
    { upstream: true, downstream: false, limit: 1000, more: ["artifact:refAAAAAAAAAAAAA0000"] },
  );
}
