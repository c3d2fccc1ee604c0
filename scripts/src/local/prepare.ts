import { freePort } from '@event-platform/shared/local/free-port';
import { CliError } from '../lib/cli-error.ts';
import { endLeftovers, runningSupervisor } from './leftovers.ts';
import { localState, makeStateDirs } from './local-state.ts';
import type { LocalContext } from './part.ts';
import { expectFree } from './start-part.ts';
import { readPorts, writePids } from './state-files.ts';

/**
 * Makes this process the supervisor of the clone: clears up after a killed one, checks the two
 * public ports, and chooses the others (those of the last time, if they are free).
 *
 * @throws CliError when a port is taken, or when another supervisor runs
 */
export async function prepare(
  port: number,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<LocalContext> {
  const state = localState();
  const other = runningSupervisor(state);
  if (other !== undefined) throw new CliError(`It is up already (pid ${other}).`);
  await endLeftovers(state, say);
  await expectFree(port);
  await expectFree(port + 1);
  makeStateDirs(state);
  const last = readPorts(state);
  const postgres = await freePort(last?.postgres);
  const redis = await freePort(last?.redis);
  writePids(state, { supervisor: process.pid });
  return { state, ports: { api: port, ops: port + 1, postgres, redis }, say, signal };
}
