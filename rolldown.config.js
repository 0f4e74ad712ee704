/** The library and the CLI as chunks that load when they are needed; dependencies stay outside. */
import { readFileSync } from "node:fs";

const { dependencies, peerDependencies = {} } = JSON.parse(
  readFileSync(new URL("./package.json", import.meta.url), "utf8"),
);
const outside = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];

/** A file started by URL (a worker, a helper process) becomes a chunk of its own: `new URL("./file.ts", import.meta.url)`. */
const startedFiles = {
  name: "started-files",
  transform(code, id) {
    const started = /new URL\((["'])(\.\/[\w./-]+)\.ts\1, import\.meta\.url\)/g;
    if (!id.endsWith(".ts") || !started.test(code)) return null;
    return code.replace(started, (_, _quote, path) => {
      const name = path.split("/").at(-1);
      const file = this.emitFile({
        type: "chunk",
        id: new URL(`${path}.ts`, `file://${id}`).pathname,
        fileName: `started/${name}.js`,
      });
      // Where it lies beside the chunk that this file ends up in, which only rolldown knows.
      return `new URL(import.meta.ROLLUP_FILE_URL_${file})`;
    });
  },
};

export default {
  input: { index: "src/index.ts", "cli/bin": "src/cli/bin.ts" },
  platform: "node",
  external: (id) => id.startsWith("node:") || outside.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [startedFiles],
  // Every chunk lies two steps below the package, as in src/<room>/: package.json is found from both alike.
  output: {
    dir: "dist",
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    minify: false,
  },
};
