import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, signalPid } from '@event-platform/testkit/servers/process-table';

/**
 * Lets servers hang for a while, with their children: connections stay open, and nobody answers. They go
 * on also when the wait is cut short.
 */
export async function hang(
  pids: readonly number[],
  forMs: number,
  signal: AbortSignal,
): Promise<void> {
  // Each server first: a stopped one begets no more children.
  for (const pid of pids) signalPid(pid, 'SIGSTOP');
  const all = pids.flatMap((pid) => [pid, ...childrenOf(pid)]);
  try {
    for (const pid of all) signalPid(pid, 'SIGSTOP');
    await sleep(forMs, undefined, { signal });
  } finally {
    for (const pid of all.toReversed()) signalPid(pid, 'SIGCONT');
  }
}
