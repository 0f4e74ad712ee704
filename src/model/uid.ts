/** Public ids: random base-62 text, digits before upper case before lower case. */
import { LinealError } from "../ground/errors.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Characters of the revision at the end of a versioned uid. */
export const REVISION_LENGTH = 4;

/** A uniformly random base-62 text of `length` characters, from the platform's secure source. */
export function randomUid(length: number): string {
  let uid = "";
  while (uid.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      // 248 is the largest multiple of 62 in a byte: beyond it the remainder would favour low letters.
      if (byte < 248 && uid.length < length) uid += ALPHABET[byte % 62];
    }
  }
  return uid;
}

/** A number in base 62, padded to `length`; throws `invalid` when it does not fit. */
export function base62(value: number, length: number): string {
  let text = "";
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = ALPHABET[rest % 62] + text;
  if (text.length > length)
    throw new LinealError("invalid", `a family holds at most ${62 ** length} versions`, {
      hint: "Start a new family with another key.",
    });
  return text.padStart(length, "0");
}

/** The uid of one version of a family. */
export function versionUid(stem: string, revision: number): string {
  return stem + base62(revision, REVISION_LENGTH);
}

/** The revision that the uid of a version ends with. */
export function revisionOf(uid: string): number {
  return [...uid.slice(-REVISION_LENGTH)].reduce((sum, letter) => sum * 62 + ALPHABET.indexOf(letter), 0);
}

/** Whether text could be a uid or the beginning of one. */
export function isUidLike(text: string): boolean {
  return /^[0-9A-Za-z]+$/.test(text);
}
