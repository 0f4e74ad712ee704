/** How the tests run: three projects, two worker processes, our sources behind "lineal", PostgreSQL where it is asked. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { type Project, projectsOf } from "./test/support/projects.ts";

// Handed to the workers: without "development", which some packages take for their unbuilt sources.
const conditions = ["lineal-source", "node"];
const files = projectsOf(fileURLToPath(new URL(".", import.meta.url)));

const project = (name: Project, options: { isolate?: boolean; globalSetup?: string[] }) => ({
  extends: true as const,
  test: {
    name,
    include: files[name],
    ...options,
    globalSetup: ["test/support/global-setup.ts", ...(options.globalSetup ?? [])],
  },
});
const postgres = ["test/support/start-postgres.ts"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      // What holds no state needs no worker of its own.
      project("unit", { isolate: false }),
      project("database", { globalSetup: postgres }),
      project("process", { globalSetup: postgres }),
    ],
    pool: "forks",
    maxWorkers: 2,
    // Node loads tests and sources itself, as it does for users: no bundler stands between.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    env: { NO_COLOR: "1" },
  },
});
