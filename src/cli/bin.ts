#!/usr/bin/env node
/** The command `lineal` as a program: the process's arguments and streams in, its exit code out. */
import { main } from "./main.ts";

// `lineal list artifact | head -1` closes our output early: that is the reader's right, not a failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
}

void main(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
