/** What exists: the registries, their vocabulary, questions to them, and the types derived from them. */
export * from "./field.ts";
export { type Condition, type Filter, isAbout, parseFilter, type Test } from "./filter.ts";
export { model, names } from "./model.ts";
export { isOperator } from "./operators.ts";
export { printJson, printMinute, printName, printTime, printTitle, printValue, shortUid } from "./print.ts";
export { check, type Checked, type Question, QuestionBuilder } from "./query.ts";
export { fieldsOf, type Relation, relationOf, relationsOf } from "./relations.ts";
export { base62, isUidLike, randomUid, REVISION_LENGTH, revisionOf, versionUid } from "./uid.ts";
export type { Changes, Draft, HasUid, Lazy, Manys, MaybeOnes, Name, Ones, Order, Scalars, Where } from "./types.ts";
export { checkValue, coerce, parseText } from "./value.ts";
