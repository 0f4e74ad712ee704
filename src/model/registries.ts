/** The list of registries: a new one is a file and a line here. */
export { Artifact } from "./artifact.ts";
export { Branch } from "./branch.ts";
export { Collection } from "./collection.ts";
export { Feature } from "./feature.ts";
export { Project } from "./project.ts";
export { Record } from "./record.ts";
export { Reference } from "./reference.ts";
export { Run } from "./run.ts";
export { Schema } from "./schema.ts";
export { Space } from "./space.ts";
export { Storage } from "./storage.ts";
export { Transform } from "./transform.ts";
export { ULabel } from "./ulabel.ts";
export { User } from "./user.ts";
