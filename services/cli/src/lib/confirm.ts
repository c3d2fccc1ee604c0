import { createInterface } from 'node:readline/promises';
import { CliError } from './cli-error.ts';

/**
 * Asks for confirmation before a change of many events.
 *
 * @param yes true when `--yes` was given: no question
 * @throws CliError when the answer is not yes, or there is no terminal to ask on
 */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new CliError(`${question} Add --yes to confirm it.`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} Type yes: `);
    if (answer.trim().toLowerCase() !== 'yes') throw new CliError('Nothing was changed.');
  } finally {
    prompt.close();
  }
}
