/** How the tests run: two worker processes, our sources behind "lineal", one PostgreSQL server for the whole run. */
import { defineConfig } from "vitest/config";

// Without "import": vitest hands these to its workers as well, where `require` would obey it.
const conditions = ["lineal-source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "dist/**", ".node/**", ".demo/**"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
    env: { NO_COLOR: "1" },
  },
});
