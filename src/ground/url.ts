/** What is a URL, and what a path. */

/** The scheme of a URL in lower case (`s3`, `file`), or undefined for a path; one letter is the drive of a Windows path. */
export function schemeOf(text: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):\//i.exec(text)?.[1]?.toLowerCase();
}

/** Whether a text is a URL, not a path. */
export const isUrl = (text: string): boolean => schemeOf(text) !== undefined;
