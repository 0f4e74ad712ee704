/** The public names: everything that `ln.` offers. */
export { checkLineage, type LineageCheck } from "./code/check.ts";
export { type ErrorCode, LinealError } from "./ground/errors.ts";
export type { Column, ColumnType, Handle, Row, Value } from "./formats/index.ts";
export { Table, type TableColumns } from "./formats/table.ts";
export type { ConnectOptions } from "./instance/connect.ts";
export type { InitOptions } from "./instance/init.ts";
export { Graph } from "./lineage/graph/graph.ts";
export type { Edge, GraphData, Node } from "./lineage/graph/node.ts";
export type { Staleness, StaleReason } from "./lineage/answers/staleness.ts";
export type { Difference, Why } from "./lineage/answers/why.ts";
export type { Draft, Name, Order, Where } from "./model/index.ts";
export { bool, int, json, oneOf, real, ref, text, time } from "./model/index.ts";
export type { Instance } from "./registries/bound.ts";
export { connect, init, instance, login, view } from "./registries/instance.ts";
export { diff, type RunDifference } from "./registries/answers/diff.ts";
export {
  Artifact,
  Branch,
  Collection,
  Feature,
  type ImpactOptions,
  type InputOptions,
  type LineageOptions,
  Project,
  Query,
  RecordEntry as Record,
  Reference,
  Related,
  Run,
  type SaveOptions,
  Schema,
  settings,
  type Source,
  Space,
  Storage,
  Transform,
  ULabel,
  User,
} from "./registries/index.ts";
export { type Status, status } from "./registries/answers/staleness.ts";
export { why } from "./registries/answers/why.ts";
export { context, finish, track } from "./track/track.ts";
export type { TrackOptions } from "./track/options.ts";
