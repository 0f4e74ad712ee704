/** Storage: a root where bytes live, a local folder or a bucket. */
import { owned } from "./common.ts";
import { ref, registry, text } from "./field.ts";

export const Storage = registry({
  uid: 12,
  doc: "A root where bytes live: a local folder or a bucket.",
  columns: {
    root: text({
      unique: true,
      max: 1024,
      needed: '{ root: "/data/sequencer" }',
      doc: "Absolute path or URL, without a trailing slash.",
    }),
    type: text({ default: "local", max: 30, doc: "local, s3 …" }),
    description: text({ optional: true }),
    region: text({ optional: true, max: 64, doc: "Region of a bucket, host of a local folder." }),
    instanceUid: text({
      optional: true,
      editable: false,
      max: 12,
      doc: "The instance that stores there; null when only referred to.",
    }),
    run: ref("Run", { optional: true, editable: false }),
    ...owned,
  },
  natural: ["root"],
  title: "root",
  show: ["uid", "root", "type", "description", "region", "createdAt", "createdBy"],
});
