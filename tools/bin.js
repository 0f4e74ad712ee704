#!/usr/bin/env node
/** What the published command starts with: syntax that any Node with ES modules reads, to say which Node is needed. */
import * as nodeModule from "node:module";

const needed = 24;

if (Number(process.versions.node.split(".")[0]) < needed) {
  process.stderr.write(
    "Error: lineal needs Node " +
      needed +
      " or newer; this is " +
      process.version +
      ".\n" +
      "Install it from https://nodejs.org or with a version manager (nvm install " +
      needed +
      "), then start lineal again.\n",
  );
  process.exitCode = 1;
} else {
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  import("./cli/bin.js").catch((error) => {
    process.stderr.write(String((error && error.stack) || error) + "\n");
    process.exitCode = 1;
  });
}
