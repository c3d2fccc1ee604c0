import { createInterface } from 'node:readline/promises';
import { CliError } from './cli-error.ts';

/**
 * Asks before something that touches many events at once.
 *
 * @param yes true when `--yes` was given: nobody is asked
 * @throws CliError when the answer is not yes, or nobody can be asked
 */
export async function confirm(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new CliError(`${question} Add --yes to do it without being asked.`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} Type yes: `);
    if (answer.trim().toLowerCase() !== 'yes') throw new CliError('Nothing was done.');
  } finally {
    prompt.close();
  }
}
