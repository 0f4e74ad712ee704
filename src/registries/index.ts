/** What records can do: the classes of all registries. */
import { Artifact } from "./artifact.ts";
import { fill } from "./record/classes.ts";
import { Collection } from "./collection.ts";
import { Branch, Feature, Project, Reference, Schema, Space, ULabel, User } from "./entities.ts";
import { RecordEntry } from "./record.ts";
import { Run } from "./run.ts";
import { Storage } from "./storage.ts";
import { Transform } from "./transform.ts";

/** Name → class. */
export const classes = {
  Artifact,
  Branch,
  Collection,
  Feature,
  Project,
  Record: RecordEntry,
  Reference,
  Run,
  Schema,
  Space,
  Storage,
  Transform,
  ULabel,
  User,
} as const;
fill(classes);

export { Artifact, type Source } from "./artifact.ts";
export type { InputOptions } from "./artifact/inputs.ts";
export type { SaveOptions } from "./artifact/save.ts";
export { Collection } from "./collection.ts";
export { Branch, Feature, Project, Reference, Schema, Space, ULabel, User } from "./entities.ts";
export type { ImpactOptions } from "./answers/impact.ts";
export type { LineageOptions } from "./answers/lineage.ts";
export { Query, Related } from "./record/query.ts";
export { RecordEntry } from "./record.ts";
export { Run } from "./run.ts";
export { settings } from "./settings.ts";
export { Storage } from "./storage.ts";
export { Transform } from "./transform.ts";
