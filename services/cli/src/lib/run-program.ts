import { CommanderError, type Command } from 'commander';
import { UsageError } from './cli-error.ts';
import { explainError } from './explain-error.ts';
import { hideSecrets } from './hide-secrets.ts';

/**
 * Runs one command line to its exit code: 0 done, 1 failed or a problem found, 2 not understood.
 * A command that prints more than a sentence sets `process.exitCode` to 1 itself.
 */
export async function runProgram(program: Command, argv: readonly string[]): Promise<number> {
  dropEmptyVariables(program);
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // commander has printed its sentence already; --help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${hideSecrets(explainError(error))}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** An empty variable counts as absent, as for the services: charts and shells set them so. */
function dropEmptyVariables(command: Command): void {
  for (const { envVar } of command.options) {
    if (envVar === undefined || process.env[envVar]?.trim() !== '') continue;
    Reflect.deleteProperty(process.env, envVar);
  }
  for (const child of command.commands) dropEmptyVariables(child);
}
