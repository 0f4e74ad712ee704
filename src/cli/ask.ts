/** Questions to a person; without a terminal nothing is asked and nothing waits. */

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return Boolean(process.stdin.isTTY && process.stderr.isTTY);
}

/** Asks a yes-or-no question on the terminal; no when it is cancelled. */
export async function confirm(question: string): Promise<boolean> {
  const prompts = await import("@clack/prompts");
  const answer = await prompts.confirm({ message: question, initialValue: false, output: process.stderr });
  return answer === true;
}
