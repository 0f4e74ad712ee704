#!/usr/bin/env node
/** The CLI of this checkout, straight from its sources: `node tools/lineal.js info` works without a build. */
import { fileURLToPath } from "node:url";
import { withNode } from "./with-node.js";

const main = fileURLToPath(new URL("../src/cli/bin.ts", import.meta.url));
void withNode(["node", "--conditions=lineal-source", main, ...process.argv.slice(2)]);
