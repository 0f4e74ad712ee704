/** `npm run demo`: the tour and the project flow as separate programs in `.demo/`; `npm run demo -- --fresh` begins anew. */
import { existsSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import * as ln from "lineal";
import { type Place, run } from "./run.ts";
import { type Chapter, type Command, projectFlow, tour } from "./steps.ts";

const demo = fileURLToPath(new URL("../.demo/", import.meta.url));
const home = join(demo, "home");
const started = Date.now();

if (process.argv.includes("--fresh")) rmSync(demo, { recursive: true, force: true });
for (const name of Object.keys(process.env)) if (name.startsWith("LINEAL_")) delete process.env[name];
Object.assign(process.env, { LINEAL_HOME: home, LINEAL_CACHE_DIR: join(home, "cache") });
ln.settings.verbosity = "error";

say(`Everything below happens in ${relative(".", demo) || "."}/ and leaves your own settings alone.`);
for (const [index, chapter] of [tour, projectFlow].entries()) await play(index + 1, chapter);
say(`
${bold("Where to look next")}

  .demo/tour/penguins.png                  the figure of the tour
  .demo/project-flow/{umap,matrixplot}.png the figures of the project flow
  .demo/project-flow/lineage.{svg,png}     where the second of them came from
  examples/tour, examples/project-flow     the programs that ran
  README.md                                the tour, explained

Ask further questions (or of testuser1/mydata, the project flow):

  export LINEAL_HOME=.demo/home LINEAL_INSTANCE=testuser1/penguins
  node tools/lineal.js lineage figures/penguins.png --format mermaid
  node tools/lineal.js describe penguins/clean.parquet
  node tools/lineal.js list artifact

The demo took ${Math.round((Date.now() - started) / 1000)} s. \`npm run demo\` again finds everything as it is;
\`npm run demo -- --fresh\` begins anew.`);

async function play(number: number, chapter: Chapter): Promise<void> {
  const place = { folder: join(demo, chapter.folder), home, instance: chapter.instance };
  const storage = join(place.folder, chapter.storage);
  const before = await counts(storage);
  say(`\n${bold(`━━ ${number}. ${chapter.title} `.padEnd(80, "━"))}`);
  for (const step of chapter.steps) {
    say(`\n${bold(step.say)}`);
    for (const command of step.commands) await type(command, place);
  }
  const after = await counts(storage);
  const facts = Object.entries(after).map(([name, count]) => `${count} ${name} (${count - (before[name] ?? 0)} new)`);
  say(`\n${bold(`${chapter.instance}:`)} ${facts.join(", ")}`);
  if (before["artifacts"] !== undefined && before["artifacts"] === after["artifacts"]) {
    say("The same inputs gave the same bytes: every artifact of the last demo was re-used.");
  }
}

async function type(command: Command, place: Place): Promise<void> {
  const typed = command.join(" ");
  // Longer ones go on in a second line, as one would type them in a shell.
  say(
    `${styleText("cyan", "$", { stream: process.stdout })} ${typed.length > 78 ? typed.replace(/ (?=(--format|-o) )/, " \\\n    ") : typed}`,
  );
  const { code } = await run(command, place);
  if (code === 0) return;
  console.error(
    `\n✗ \`${typed}\` ended with exit code ${code}\n  \`npm run demo -- --fresh\` begins anew; what there is lies in ${place.folder}`,
  );
  process.exit(1);
}

/** What an instance holds; nothing when it is not there yet. */
async function counts(storage: string): Promise<Record<string, number>> {
  if (!existsSync(join(storage, ".lineal"))) return {};
  await using instance = await ln.connect(storage, { default: false });
  return {
    artifacts: await instance.Artifact.filter().count(),
    transforms: await instance.Transform.filter().count(),
    runs: await instance.Run.filter().count(),
  };
}

function say(text: string): void {
  console.log(text);
}

function bold(text: string): string {
  return styleText("bold", text, { stream: process.stdout });
}
