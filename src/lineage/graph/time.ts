/** Times as people give them: a day, or more of it; UTC unless they have a zone. */

const [SECOND, MINUTE, DAY] = [1000, 60_000, 86_400_000];
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** The first and the last millisecond that are meant, or undefined for what is no time. */
export function span(value: unknown): [first: number, last: number] | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : [value.getTime(), value.getTime()];
  const [, day, time, zone = "Z"] = (typeof value === "string" && ISO.exec(value)) || [];
  if (!day) return undefined;
  const midnight = Date.parse(day);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined; // February has no 31st
  const at = time ? Date.parse(`${day}T${time}${zone}`) : midnight;
  const length = !time ? DAY : time.length === 5 ? MINUTE : time.length === 8 ? SECOND : 1;
  return Number.isNaN(at) ? undefined : [at, at + length - 1];
}
