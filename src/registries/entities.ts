/** Registries without behaviour of their own: the declaration is all there is. */
import { entity } from "./record/registry.ts";

/** A line of work; `main`, `archive` and `trash` are built in. */
export class Branch extends entity("Branch") {}
/** A measured or annotated dimension, with a type and a unit. */
export class Feature extends entity("Feature") {}
/** What work belongs together. */
export class Project extends entity("Project") {}
/** A paper, a preprint, a document to cite. */
export class Reference extends entity("Reference") {}
/** A set of features that a dataset must hold. */
export class Schema extends entity("Schema") {}
/** Who may see what; `all` is built in. */
export class Space extends entity("Space") {}
/** A universal label. */
export class ULabel extends entity("ULabel") {}
/** A person, known by a handle. */
export class User extends entity("User") {}

declare module "./record/classes.ts" {
  interface Registries {
    Branch: Branch;
    Feature: Feature;
    Project: Project;
    Reference: Reference;
    Schema: Schema;
    Space: Space;
    ULabel: ULabel;
    User: User;
  }
}
