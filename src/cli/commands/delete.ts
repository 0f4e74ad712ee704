/** `lineal delete`: moves a record to the trash or removes it for good, or removes an instance. */

import { LinealError } from "../../ground/errors.ts";
import { readInstance, slugOf } from "../../instance/settings.ts";
import { canAsk, confirm } from "../ask.ts";
import { type Answer, command, Misuse } from "../command.ts";
import { findRecord } from "../reference.ts";
import { findRegistryName, recordText, registryName } from "../registries.ts";

export const definition = command({
  acts: true,
  summary:
    "delete a record (into the trash, unless --permanent), or an instance (its stored bytes stay, unless --force)",
  arguments: {
    what: { doc: "an instance; or a registry, followed by REF; or the URL of a record" },
    ref: { doc: "uid, beginning of a uid, key or name", optional: true },
  },
  options: {
    permanent: { type: "boolean", doc: "remove the record for good, and bytes that nothing else needs" },
    force: { type: "boolean", doc: "do not ask; for an instance, remove its stored bytes too" },
  },
  examples: [
    "lineal delete artifact figures/old.png",
    "lineal delete run X1GYNq9t --permanent",
    "lineal delete --force testuser1/mydata",
  ],
  async run({ args, options }) {
    if (args.ref !== undefined) return removeRecord(args.ref, registryName(args.what), options);
    if (/^https?:/.test(args.what)) return removeRecord(args.what, undefined, options);
    if (options.permanent) throw new Misuse("--permanent is for records", "lineal delete artifact REF --permanent");
    if (!readInstance(args.what) && findRegistryName(args.what) !== undefined)
      throw new Misuse("REF is missing", `lineal delete ${args.what} REF`);
    return removeInstance(args.what, options.force);
  },
});

async function removeRecord(
  reference: string,
  registry: ReturnType<typeof registryName> | undefined,
  { permanent, force }: { permanent: boolean; force: boolean },
): Promise<Answer> {
  const { name, record } = await findRecord(reference, registry && [registry]);
  if (permanent && !force) await sure(`Remove ${recordText(name, record)} for good?`);
  await record.delete({ permanent });
  return { json: { deleted: record.uid, registry: name, permanent } };
}

async function removeInstance(target: string, force: boolean): Promise<Answer> {
  const settings = readInstance(target);
  const { deleteInstance } = await import("../../instance/leave.ts");
  if (settings && !force) await sure(`Delete the instance ${slugOf(settings)}? Its database goes, stored files stay.`);
  const { slug, kept } = await deleteInstance(target, { force });
  return { json: { deleted: slug, kept: kept ?? null } };
}

/** Asks whoever sits at the terminal; without one the command line has said it all. */
async function sure(question: string): Promise<void> {
  if (canAsk() && !(await confirm(question)))
    throw new LinealError("forbidden", "nothing was deleted", { hint: "Say yes, or use --force." });
}
