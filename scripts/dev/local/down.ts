import { existsSync, rmSync } from 'node:fs';
import { isAlive, signalPid, waitUntilGone } from '@event-platform/testkit/servers/process-table';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { endLeftovers, runningSupervisor } from './leftovers.ts';
import { localState } from '@event-platform/cli/lib/local-state';

const sayEveryMs = 2_000;
/** The deadlines of all parts one after the other, and a little. */
const stopTimeoutMs = 120_000;

/**
 * Stops the local platform, whether it runs in another terminal or detached.
 *
 * @param clean true then removes its data, logs and ports
 * @throws CliError when it belongs to another user
 */
export async function down(clean: boolean): Promise<void> {
  const state = localState();
  const say = (message: string): void => console.log(message);
  const supervisor = runningSupervisor(state);
  if (supervisor !== undefined) await stopSupervisor(supervisor, say);
  const left = await endLeftovers(state, say);
  if (supervisor === undefined && left.length === 0) say('Nothing is up.');
  else say('Down.');
  if (clean && existsSync(state.dir)) {
    rmSync(state.dir, { recursive: true });
    say(`Removed ${state.dir}.`);
  }
}

async function stopSupervisor(pid: number, say: (message: string) => void): Promise<void> {
  say(`Stopping api, worker, maintainer, Redis and PostgreSQL (supervisor ${pid})`);
  try {
    signalPid(pid, 'SIGTERM');
  } catch (cause) {
    throw new CliError(`It was started by another user: stop it as that user.`, { cause });
  }
  const deadline = performance.now() + stopTimeoutMs;
  while (!(await waitUntilGone([pid], sayEveryMs))) {
    if (performance.now() > deadline) break;
    say('Still stopping: the services finish what they have begun');
  }
  if (isAlive(pid)) signalPid(pid, 'SIGKILL');
}
