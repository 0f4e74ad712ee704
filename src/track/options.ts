/** The options of `track`, and what each of them has to be. */
import { LinealError, refuseUnknown } from "../ground/errors.ts";
import { isPlain } from "../ground/plain.ts";
import { checkValue, model } from "../model/index.ts";
import type { Run, Transform } from "../registries/index.ts";
import { isEntry, nameOf, rowOf } from "../registries/record/row.ts";
import { type SerialisedParams, serialiseParams } from "./params.ts";
import type { RunFacts } from "./run.ts";

/** What `track` takes besides a transform. */
export interface TrackOptions {
  /** A registered transform, or the 12 or 16 characters of a transform's uid. */
  transform?: Transform | string;
  /** The transform's key; default: the path relative to dev-dir, else the file's name. */
  key?: string;
  /** Parameters of this run: any JSON; records are kept by uid, secrets blanked out. */
  params?: Readonly<globalThis.Record<string, unknown>>;
  /** A name for the run. */
  name?: string;
  /** The artifact that says what is to be done. */
  plan?: object;
  /** `false`: the last run of this transform by the same user goes on. */
  newRun?: boolean;
  /** The run that called this one; default LINEAL_INITIATED_BY_RUN. */
  initiatedByRun?: Run | string;
}

const OPTIONS = ["transform", "key", "params", "name", "plan", "newRun", "initiatedByRun"];
/** Kinds that have no file of their own to be read. */
const REGISTERED = ["notebook", "app", "upload", "pipeline"];

/** What each option has to be, where the database does not look itself. */
const CHECKS: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  transform: [(value) => typeof value === "string" || isEntry(value, "Transform"), "a Transform or its uid"],
  key: [(value) => typeof value === "string" && value.trim() !== "", "a text"],
  params: [isPlain, "an object"],
  newRun: [(value) => typeof value === "boolean", "true or false"],
  initiatedByRun: [(value) => typeof value === "string" || isEntry(value, "Run"), "a Run or its uid"],
};

/** The options that were given; `invalid` for unknown ones, wrong values and ones that do not go together. */
export function readOptions(given: Transform | string | TrackOptions | undefined): TrackOptions {
  if (given === undefined) return {};
  const options =
    typeof given === "string" || isEntry(given, "Transform") ? { transform: given as Transform | string } : given;
  if (!isPlain(options))
    throw new LinealError("invalid", "track takes a transform, its uid, or options", {
      hint: "Write ln.track({ params: { … } }).",
    });
  for (const [key, value] of Object.entries(options)) {
    const [fits, what] = CHECKS[key] ?? [];
    if (value !== undefined && fits && !fits(value))
      throw new LinealError("invalid", `track's ${key} must be ${what}`, {
        hint: "Write ln.track({ params: { … } }).",
      });
  }
  refuseUnknown(options, OPTIONS, "track");
  const { transform, key, name } = options as TrackOptions;
  const { name: column } = model.Run.columns;
  if (name !== undefined && column?.is === "field") checkValue(column, name, "name");
  if (isEntry(transform)) checkRegistered(transform as Transform, key);
  return options as TrackOptions;
}

function checkRegistered({ kind }: Transform, key: string | undefined): void {
  if (!REGISTERED.includes(kind))
    throw new LinealError("invalid", `a ${kind} is tracked from its own file`, {
      hint: "Call `await ln.track()` in it, without a transform.",
    });
  if (key !== undefined)
    throw new LinealError("invalid", "a registered transform has its key already", {
      hint: "Leave the key out, or use transform.update({ key }).",
    });
}

/** Params as they are kept: records by uid, undefined when there are none; and the names of those that cannot be kept. */
export function readParams(
  given: TrackOptions["params"],
): Pick<SerialisedParams, "dropped"> & Pick<RunFacts, "params"> {
  const uidOf = (value: object) => (isEntry(value) ? `${nameOf(value)}[${rowOf(value).uid}]` : undefined);
  const { params, dropped } = serialiseParams({ ...given }, uidOf);
  return { params: Object.keys(params).length > 0 ? params : undefined, dropped };
}
