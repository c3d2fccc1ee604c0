import { CommanderError, type Command } from 'commander';
import { UsageError } from './cli-error.ts';
import { explainError } from './explain-error.ts';
import { hideSecrets } from './hide-secrets.ts';

/**
 * Runs one command line to its exit code: 0 done, 1 failed or found wanting, 2 not understood.
 * Commands say 1 by setting `process.exitCode` themselves when there is more to say than a sentence.
 */
export async function runProgram(program: Command, argv: readonly string[]): Promise<number> {
  dropEmptyVariables(program);
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // commander has printed its sentence already; asking for help is not a mistake.
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
