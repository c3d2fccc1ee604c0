import type { ChildProcess } from 'node:child_process';
import type { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';

/** Starts a worker whose locks last a second, so that a takeover comes soon. */
export function startWorkerProcess(
  processes: ServiceProcesses,
  env: Record<string, string>,
): ChildProcess {
  const shortLocks = { LOCK_DURATION_MS: '1000', DATABASE_STATEMENT_TIMEOUT_MS: '500' };
  return processes.start('worker', { ...env, ...shortLocks });
}
