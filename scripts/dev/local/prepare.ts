import { freePort } from '@event-platform/testkit/servers/free-port';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { endLeftovers, runningSupervisor } from './leftovers.ts';
import { localState, makeStateDirs } from '@event-platform/cli/lib/local-state';
import type { LocalContext } from './part.ts';
import { findPrometheusTool } from '@event-platform/cli/lib/find-prometheus';
import { expectFree } from './start-part.ts';
import { readPorts, writePids } from '@event-platform/cli/lib/state-files';

export interface PrepareOptions {
  /** Of the api; the metrics of worker and maintainer get the next two. */
  port: number;
  /** Whether Prometheus is started too. */
  observe: boolean;
}

/** The usual port of Prometheus. */
const usualPrometheusPort = 9090;

/**
 * Makes this process the supervisor of the clone: clears up after a killed one, checks the three
 * public ports, and chooses the others (those of the last time, if they are free).
 *
 * @throws CliError when a port is taken, Prometheus is wanted and not there, or when another supervisor runs
 */
export async function prepare(
  { port, observe }: PrepareOptions,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<LocalContext> {
  const state = localState();
  const other = runningSupervisor(state);
  if (other !== undefined) throw new CliError(`It is up already (pid ${other}).`);
  if (observe) findPrometheusTool('prometheus');
  await endLeftovers(state, say);
  await expectFree(port);
  await expectFree(port + 1);
  await expectFree(port + 2);
  makeStateDirs(state);
  const last = readPorts(state);
  const postgres = await freePort(last?.postgres);
  const redis = await freePort(last?.redis);
  const prometheus = observe ? await freePort(last?.prometheus ?? usualPrometheusPort) : undefined;
  writePids(state, { supervisor: process.pid });
  const ports = { api: port, ops: port + 1, maintainer: port + 2, postgres, redis, prometheus };
  return { state, ports, say, signal };
}
