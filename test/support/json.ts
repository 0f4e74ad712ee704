/**
 * Whether every engine reads this value back from JSON. V8 13.6 (Node 24) takes a key of one character that JSON writes
 * with a backslash for a backslash, once it has met an object of the same shape: `{"x":null,"\n":null}`, parsed twice.
 */
export const isReadBack = (value: unknown): boolean => !/"\\(?:u[0-9a-f]{4}|[^u])":/.test(JSON.stringify(value) ?? "");
