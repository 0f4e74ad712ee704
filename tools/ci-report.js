/** The last words of `.ci/run`: what failed, what was skipped, and one line with the counts of the runner's own report. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const [reportFile, testsEnded, ...others] = process.argv.slice(2);
const ended = (text) => {
  const cut = text.lastIndexOf("=");
  return { name: text.slice(0, cut), code: Number(text.slice(cut + 1)) };
};
const read = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};
const report = JSON.parse(read(reportFile) || "null");
const allowed = new Set(
  read(new URL("../.ci/allowed-skips", import.meta.url))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#")),
);

let passed = 0;
const failed = [];
for (const file of report?.testResults ?? []) {
  const path = relative(process.cwd(), file.name);
  for (const test of file.assertionResults) {
    const name = `${path} > ${test.fullName.trim()}`;
    if (test.status === "passed") passed++;
    else if (test.status === "failed") failed.push(name);
    else {
      const known = allowed.has(name);
      process.stdout.write(`skipped${known ? " (allowed)" : ""}: ${name}\n`);
      if (!known) failed.push(`${name} (skipped, and not in .ci/allowed-skips)`);
    }
  }
  // A file that cannot even be loaded, or whose hooks fail, has no failed test to count.
  const hasFailure = file.assertionResults.some((test) => test.status === "failed");
  if (file.status === "failed" && !hasFailure) failed.push(`${path} (${(file.message ?? "").split("\n")[0]})`);
}

const tests = ended(testsEnded ?? "tests=1");
if (!report) failed.push("npm test (it left no report)");
else if (passed === 0 && failed.length === 0) failed.push("npm test (it ran no test)");
else if (tests.code !== 0 && failed.length === 0) failed.push(`npm test (exit code ${tests.code})`);
for (const other of others.map(ended)) {
  if (other.code === 0) passed++;
  else failed.push(`${other.name} (exit code ${other.code})`);
}

for (const name of failed) process.stdout.write(`failed: ${name}\n`);
process.stdout.write(`${passed} passed, ${failed.length} failed\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
