/** What a seed page works in: a folder of its own, the command line beside it, and this process as the open session. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as ln from "lineal";
import { expect, vi } from "vitest";
import { setDefault } from "../../src/instance/connect.ts";
import { logTo } from "../../src/instance/log.ts";
import { setProcessUser } from "../../src/instance/scope.ts";
import { runScript } from "../support/child.ts";
import { cli } from "../support/cli.ts";
import type { Finished } from "../support/command-line.ts";
import type { DatabaseUnderTest, Place } from "../support/dialects.ts";

type Node = Awaited<ReturnType<ln.Artifact["lineage"]>>["nodes"][number];
type Graph = Awaited<ReturnType<ln.Artifact["lineage"]>>;

/** One page at work; the storage is `./mydata`, as in all seeds. */
export class Session {
  readonly place: Place;
  /** The working directory: this process's and its children's. */
  readonly work: string;
  readonly storage: string;
  /** Log lines of this process since the session began. */
  readonly lines: string[] = [];
  readonly #before = { cwd: process.cwd(), env: { ...process.env } };

  constructor(place: Place) {
    this.place = place;
    this.work = place.work;
    this.storage = join(place.work, "mydata");
    process.chdir(this.work);
    Object.assign(process.env, this.env);
    logTo({ write: (text) => this.lines.push(text.trimEnd()) });
  }

  static async open({ fresh }: DatabaseUnderTest): Promise<Session> {
    return new Session(await fresh({ migrated: true }));
  }

  get env(): Record<string, string> {
    return { LINEAL_HOME: this.place.home, LINEAL_CACHE_DIR: join(this.place.home, "cache") };
  }

  /** Ends what is tracked, forgets who was logged in, removes the folder. */
  async close(): Promise<void> {
    if (ln.context.run) await ln.finish();
    await setDefault(undefined);
    setProcessUser(undefined);
    ln.settings.trackRunInputs = true;
    logTo(process.stdout);
    process.chdir(this.#before.cwd);
    for (const name of Object.keys(this.env)) {
      if (this.#before.env[name] === undefined) delete process.env[name];
      else process.env[name] = this.#before.env[name];
    }
    await this.place.dispose();
  }

  /** `$ lineal …` in the working directory; the command must succeed. */
  async cli(...args: string[]): Promise<Finished> {
    const ended = await cli(args, { cwd: this.work, env: this.env });
    expect(ended, `lineal ${args.join(" ")}`).toMatchObject({ code: 0 });
    return ended;
  }

  /** `$ node <name>` in the working directory with this code; it must succeed. */
  async script(name: string, code: string): Promise<Finished> {
    const ended = await runScript(`${code}\n`, { cwd: this.work, env: this.env, name });
    expect(ended, name).toMatchObject({ code: 0, stderr: "" });
    return ended;
  }

  /** Writes a file below the working directory; returns its path as given. */
  write(path: string, content: string | Uint8Array): string {
    mkdirSync(dirname(join(this.work, path)), { recursive: true });
    writeFileSync(join(this.work, path), content);
    return path;
  }

  /** The latest log line that holds `text`. */
  line(text: string): string | undefined {
    return this.lines.findLast((line) => line.includes(text));
  }
}

/** What `body` gives, and what it printed on stdout, which nobody sees otherwise. */
export async function printing<T>(body: () => Promise<T>): Promise<{ value: T; text: string }> {
  let text = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    return { value: await body(), text };
  } finally {
    spy.mockRestore();
  }
}

/** The edges of a graph as `from → to`, sorted; data by key or description, runs by the key of their transform. */
export function arrows(graph: Graph): string[] {
  const label = (id: string): string => (graph.node(id) as Node).label;
  return graph.edges
    .map(
      ({ from, to, role }) =>
        `${label(from)} → ${label(to)}${role === "input" || role === "output" || role === "predecessor" ? "" : ` (${role})`}`,
    )
    .sort();
}

/** The screen of the seeds, small: only the first two genes are hits. */
export const screen = "id,pos|fdr\nIFNG,0.0001\nTBX21,0.004\nGAPDH,0.7\nACTB,0.01\n";

/** A figure as a plotting library would write it, for what is seen here: the signature of a PNG and some bytes. */
export function png(shade: number): Uint8Array {
  return Buffer.from(`\x89PNG\r\n\x1a\n${shade}`, "latin1");
}

export const ENDED =
  /^→ (finished|errored|aborted) Run\('\w{8}'\) after \d+[dhms] at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/;
export const BEGUN =
  /^→ (created|loaded) Transform\('\w{8}', key='[^']+'\), started new Run\('\w{8}'\) at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/;
