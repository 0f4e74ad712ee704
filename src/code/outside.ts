/** Calls of what is not in the program, and what they do with files. */

import { type Arguments, valuesOf } from "./arguments.ts";
import { type Call, givenTo, importsComputed, openedBy, opensStream, type Purpose, scriptsOf, useOf } from "./calls.ts";
import type { Limits } from "./limits.ts";
import { isSurelyAFile } from "./paths.ts";
import { resultOf } from "./results.ts";
import { type Mode, Uses } from "./uses.ts";
import { texts, unknown, type Value } from "./values.ts";

export class Outside {
  readonly uses = new Uses();
  /** Lines that import a module whose name is only known when they run. */
  readonly computed = new Set<number>();
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Notes the files of a call; gives its value, as far as it is known. */
  call(call: Call, purpose: Purpose, line: number, mode: Mode): Value {
    const [given, opened] = [givenTo(call), openedBy(call)];
    if (mode === "tracked") this.uses.track([...given.map((it) => it.value), ...opened]);
    else if (mode === "counted" && purpose === "other" && this.#limits.canNote(given.map((it) => it.value))) {
      for (const { value, use } of given) this.uses.use([value], line, use);
      this.uses.use(opened, line, "opened");
      this.uses.run(scriptsOf(call), line);
    }
    if (importsComputed(call)) this.computed.add(line);
    const result = this.#limits.canJoin(call.args) ? resultOf(call) : unknown;
    if (result !== undefined) return result;
    const from = call.args.flatMap((it) => it.all);
    const stream = opensStream(call) ? { stream: true as const } : {};
    return purpose === "other" && from.length > 0 && !/^(read|load|open|fetch|scan|imread)/i.test(call.last)
      ? { ...unknown, ...stream, from }
      : stream.stream
        ? { ...unknown, ...stream }
        : unknown;
  }

  /** A function of the program is given these. */
  pass(args: Arguments, named: string, line: number, mode: Mode): void {
    const values = valuesOf(args);
    if (mode === "tracked") this.uses.track(values);
    else if (mode === "counted" && this.#limits.canNote(values)) this.uses.pass(values, line, useOf(named));
  }

  /** What a function of the program does with these cannot be told: what is a file for sure counts as used. */
  lose(values: readonly Value[], line: number, mode: Mode): void {
    const sure = values.map((it) => texts(it.all.filter(isSurelyAFile)));
    if (mode === "counted" && this.#limits.canNote(sure)) this.uses.use(sure, line, "file");
  }

  /** Lineal is given these. */
  give(args: Arguments, mode: Mode): void {
    const values = valuesOf(args);
    if (mode === "skipped" || !this.#limits.canNote(values)) return;
    this.uses.track(values);
    this.uses.trackFolders(args.list);
  }
}
