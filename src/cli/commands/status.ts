/** `lineal status`: which outputs are out of date, and why; exit code 1 when any is. */

import { LinealError } from "../../ground/errors.ts";
import { REVISION_LENGTH } from "../../model/index.ts";
import { labelsOf } from "../../registries/record/titles.ts";
import { standingStatusOf, type Status, status, statusOf } from "../../registries/answers/staleness.ts";
import { chainText, fitted, nameText, shownOf } from "../chain.ts";
import { command, Misuse } from "../command.ts";
import { failureOf, paint } from "../print.ts";
import { DATA, findRecord } from "../reference.ts";
import { openRegistry } from "../registries.ts";

/** Unsure outputs that are shown when every output was asked for: runs that never ended may have made thousands. */
const UNSURE = 20;

/** A reference that means nothing, or several things. */
interface Failure {
  readonly ref: string;
  readonly error: LinealError;
}

export const definition = command({
  summary: "say which outputs are out of date, and why; exits with 1 when any is",
  arguments: {
    refs: {
      doc: "artifacts, collections or records: uids, beginnings of uids, keys or URLs; without any, every output",
      rest: true,
      optional: true,
    },
  },
  options: { all: { type: "boolean", doc: "every output of the instance, as without references" } },
  examples: ["lineal status figures/penguins.png", "lineal status"],
  async run({ args, options }) {
    if (options.all && args.refs.length > 0) throw new Misuse("give references or --all, not both");
    const all = args.refs.length === 0;
    // Closes runs whose process is gone: their outputs depend on how they ended.
    await openRegistry("Run");
    const answers = all ? await status() : await Promise.all(args.refs.map(answerOf));
    const found = answers.filter((one): one is Status => !("error" in one));
    const failures = answers.filter((one): one is Failure => "error" in one);
    const [failure] = failures;
    if (failure && args.refs.length === 1) throw failure.error;
    const stale = found.filter((one) => one.stale);
    const unsure = found.filter((one) => !one.stale && one.detail !== undefined);
    return {
      text: async () => {
        const hidden = new Set(all ? unsure.slice(UNSURE) : []);
        const shown = all ? found.filter((one) => (one.stale || one.detail !== undefined) && !hidden.has(one)) : found;
        const more = hidden.size > 0 ? [`… ${hidden.size.toLocaleString("en")} more unsure`] : [];
        const lines = [
          ...(await statusLines(shown)),
          ...more,
          ...failures.map(
            ({ ref, error }) => `${paint("red", "error")}  ${nameText(ref, 70)}\n${fitted(error.message, 7)}`,
          ),
        ];
        const sum = [
          `${found.length} looked at`,
          `${stale.length} stale`,
          ...(unsure.length > 0 ? [`${unsure.length} unsure`] : []),
          ...(failures.length > 0 ? [`${failures.length} not found`] : []),
        ].join(", ");
        return [...lines, ...(answers.length > 1 || all ? [sum] : [])].join("\n");
      },
      json:
        answers.length === 1 && !all
          ? found[0]
          : {
              items: found,
              total: found.length,
              ...(failures.length > 0
                ? { errors: failures.map(({ ref, error }) => ({ ref, ...failureOf(error) })) }
                : {}),
            },
      exitCode: stale.length + failures.length > 0 ? 1 : 0,
    };
  },
});

/** A whole uid means that version; a key, or the beginning of a uid, what was made last for it. */
async function answerOf(ref: string): Promise<Status | Failure> {
  try {
    const { record } = await findRecord(ref, DATA);
    return await (ref.includes(record.uid) ? statusOf : standingStatusOf)(record);
  } catch (error) {
    if (error instanceof LinealError) return { ref, error };
    throw error;
  }
}

async function statusLines(shown: readonly Status[]): Promise<string[]> {
  const labelOf = await labelsOf(
    shown.flatMap(({ reasons }) => reasons.flatMap(({ chain }) => shownOf(chain).filter((one) => one !== undefined))),
  );
  return shown.flatMap(({ uid, key, stale, reasons, detail, latest }) => [
    `${stale ? paint("yellow", "stale") : detail === undefined ? paint("green", "fresh") : paint("yellow", "unsure")}  ${nameText(key ?? uid, 70)}`,
    ...(latest === undefined || detail !== undefined
      ? []
      : [
          fitted(
            `v${uid.slice(-REVISION_LENGTH)} was made again after the latest version, v${latest.slice(-REVISION_LENGTH)}`,
            7,
          ),
        ]),
    ...(detail === undefined ? [] : [fitted(detail, 7)]),
    ...reasons.map(
      ({ code, chain, detail }) => `${fitted(`${code}: ${detail}`, 7)}\n${paint("dim", chainText(chain, labelOf, 7))}`,
    ),
  ]);
}
