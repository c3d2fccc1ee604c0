import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  commandOf,
  isAlive,
  signalPid,
  waitUntilGone,
} from '@event-platform/testkit/servers/process-table';
import { sourceOf } from '@event-platform/testkit/servers/service';
import { repositoryRoot, type LocalState } from '@event-platform/cli/lib/local-state';
import { partNames, type PartName } from './part.ts';
import { readPids, readPorts, removePids } from '@event-platform/cli/lib/state-files';

/** Programs that supervise a local platform, as their command lines name them. */
const supervisors = ['supervisor-main.ts', '../cli.ts'].map((file) =>
  relative(repositoryRoot, fileURLToPath(new URL(file, import.meta.url))),
);
/** Somewhat longer than a supervisor gives before it kills. */
const goneTimeoutMs = 30_000;

/**
 * The pid of the supervisor of this clone, if one runs. A pid in a file may by now belong to some
 * other program, so its command line is checked.
 */
export function runningSupervisor(state: LocalState): number | undefined {
  const pid = readPids(state)?.supervisor;
  if (pid === undefined || !isAlive(pid)) return undefined;
  const command = commandOf(pid);
  return supervisors.some((program) => command.includes(program)) ? pid : undefined;
}

/**
 * Ends what a supervisor that was killed has left. Its supervisors do the same within 20 s; this is
 * for what they missed. Nothing is done while a supervisor runs.
 *
 * @returns the names of the parts that were still there
 */
export async function endLeftovers(
  state: LocalState,
  say: (message: string) => void,
): Promise<PartName[]> {
  const pids = readPids(state);
  if (pids === undefined || runningSupervisor(state) !== undefined) return [];
  const marks = marksOf(state);
  const left = partNames.flatMap((name) => {
    const pid = pids[name];
    const isOwn = pid !== undefined && isAlive(pid) && commandOf(pid).includes(marks[name]);
    return isOwn ? [{ name, pid }] : [];
  });
  for (const { name, pid } of left) {
    say(`Ending the ${name} (pid ${pid}) of a supervisor that is gone`);
    signalPid(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  }
  const leftPids = left.map(({ pid }) => pid);
  if (!(await waitUntilGone(leftPids, goneTimeoutMs))) {
    for (const pid of leftPids.filter(isAlive)) signalPid(pid, 'SIGKILL');
    await waitUntilGone(leftPids, goneTimeoutMs);
  }
  removePids(state);
  return left.map(({ name }) => name);
}

/** What the command line of each part is known by. */
function marksOf(state: LocalState): Record<PartName, string> {
  return {
    postgres: state.postgresData,
    redis: `127.0.0.1:${readPorts(state)?.redis ?? 'none'}`,
    api: sourceOf('api'),
    worker: sourceOf('worker'),
    maintainer: sourceOf('maintainer'),
    prometheus: state.prometheus,
  };
}
