import { spawnSupervised } from '@event-platform/testkit/servers/supervised-process';
import { logTail } from '@event-platform/testkit/servers/log-tail';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import type { LocalContext } from './part.ts';
import { logOf, serviceEnv } from './start-part.ts';

/**
 * Brings the database to the newest schema, by the same program that the chart runs.
 *
 * @throws CliError with the end of its log
 */
export async function migrateLocal(context: LocalContext): Promise<void> {
  const logFile = logOf('migrate', context);
  const migration = await spawnSupervised({
    command: process.execPath,
    args: ['services/worker/src/migrate-main.ts'],
    env: serviceEnv(context.ports),
    cwd: repositoryRoot,
    logFile,
    stopSignal: 'SIGTERM',
  });
  const { code } = await migration.exited;
  if (code === 0) return;
  throw new CliError(`The migration failed. The end of ${logFile}:\n${logTail(logFile)}`);
}
