/** Questions to a person; without a terminal nothing is asked and nothing waits. */

import { terminal } from "./terminal.ts";

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  const { stdin, stderr } = terminal();
  return Boolean(stdin.isTTY && stderr.isTTY);
}

/** Asks a yes-or-no question on the terminal; no when it is cancelled. */
export async function confirm(question: string): Promise<boolean> {
  const prompts = await import("@clack/prompts");
  const { stdin, stderr } = terminal();
  const answer = await prompts.confirm({ message: question, initialValue: false, input: stdin, output: stderr });
  return answer === true;
}
