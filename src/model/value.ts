/** One value of one field: check it, parse it from text. */
import { LinealError } from "../ground/errors.ts";
import type { AnyField } from "./field.ts";

const EXPECTED = {
  text: "text",
  int: "a whole number",
  real: "a number",
  bool: "true or false",
  json: "a JSON value",
  time: "a Date or an ISO time",
} as const;

/** Checks a value and returns it in its canonical form (ISO text becomes a Date); throws `invalid` naming `path`. */
export function checkValue(field: AnyField, value: unknown, path: string): unknown {
  if (value === null) {
    if (field.options.optional) return null;
    throw new LinealError("invalid", `${path} must not be null`, { hint: `Give ${path} ${EXPECTED[field.kind]}.` });
  }
  const canonical = coerce(field, value);
  if (canonical === undefined) {
    throw new LinealError("invalid", `${path} must be ${EXPECTED[field.kind]}, not ${show(value)}`, {
      hint: `Give ${path} ${EXPECTED[field.kind]}.`,
    });
  }
  if (typeof canonical === "string" && field.kind === "text") {
    if (field.values && !field.options.open && !field.values.includes(canonical)) {
      throw new LinealError("invalid", `${path} cannot be ${show(canonical)}`, {
        hint: `One of: ${field.values.join(", ")}.`,
      });
    }
    const { looks } = field.options;
    if (looks && !looks.pattern.test(canonical)) {
      throw new LinealError("invalid", `"${canonical}" is no ${looks.called}`, {
        hint: `A ${looks.called} looks like ${looks.example}.`,
      });
    }
    if (field.options.max !== undefined && canonical.length > field.options.max) {
      throw new LinealError("invalid", `${path} is longer than ${field.options.max} characters`, {
        hint: "Shorten it.",
      });
    }
  }
  return canonical;
}

/** The canonical form of a value for comparing, or undefined when it is of the wrong type. */
export function coerce(field: AnyField, value: unknown): unknown {
  switch (field.kind) {
    case "text":
      return typeof value === "string" ? value : undefined;
    case "int":
      return typeof value === "number" && Number.isSafeInteger(value)
        ? value
        : typeof value === "bigint" && Number.isSafeInteger(Number(value))
          ? Number(value)
          : undefined;
    case "real":
      return typeof value === "number" && !Number.isNaN(value) ? value : undefined;
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "time":
      return asTime(value);
    case "json":
      return value;
  }
}

function asTime(value: unknown): Date | undefined {
  // Without a zone it is UTC on every machine, not that machine's time.
  const utc = (text: string): string => text.replace(/^([\d-]+)[T ]([\d:.]+)$/, "$1T$2Z");
  const time =
    value instanceof Date
      ? value
      : typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value)
        ? new Date(utc(value))
        : undefined;
  return time && !Number.isNaN(time.getTime()) ? time : undefined;
}

/** A value from text, as typed on a command line. */
export function parseText(field: AnyField, text: string, path: string): unknown {
  if (text === "null") return checkValue(field, null, path);
  if (field.kind === "int" || field.kind === "real")
    return checkValue(field, text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text), path);
  if (field.kind === "bool") return checkValue(field, text === "true" ? true : text === "false" ? false : text, path);
  if (field.kind === "json") {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return checkValue(field, text, path);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  return String(value);
}
