import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from '@event-platform/cli/lib/cli-error';
import {
  makeStateDirs,
  repositoryRoot,
  type LocalState,
} from '@event-platform/cli/lib/local-state';
import type { PrepareOptions } from './prepare.ts';

/** Sent by the detached supervisor to the command that started it. */
export interface SupervisorMessage {
  kind: 'progress' | 'up' | 'failed';
  text: string;
}

/**
 * Starts a supervisor that stays when we end, and waits until everything serves. Ctrl-C meanwhile
 * stops it again.
 *
 * @throws CliError with the supervisor's own sentence when it does not come up
 */
export async function startDetached(
  { port, observe }: PrepareOptions,
  state: LocalState,
  say: (message: string) => void,
): Promise<void> {
  makeStateDirs(state);
  const logFile = join(state.logs, 'supervisor.log');
  const log = openSync(logFile, 'a');
  const main = fileURLToPath(new URL('./supervisor-main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, String(port), observe ? 'observe' : ''], {
    cwd: repositoryRoot,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const outcome = Promise.withResolvers<SupervisorMessage>();
  child.on('message', (message: SupervisorMessage) => {
    if (message.kind === 'progress') say(message.text);
    else outcome.resolve(message);
  });
  child.once('exit', () => {
    outcome.resolve({ kind: 'failed', text: `The supervisor ended; its last words: ${logFile}` });
  });
  const interrupt = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', interrupt);
  const { kind, text } = await outcome.promise;
  process.off('SIGINT', interrupt);
  if (kind === 'failed') {
    if (child.exitCode === null) await once(child, 'exit');
    throw new CliError(text);
  }
  child.disconnect();
  child.unref();
}
