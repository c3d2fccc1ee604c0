import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../harness/scenario.ts';
import type { Harness } from '../harness/harness.ts';

const waitLimitMs = 30_000;

export const commits: Scenario[] = [
  {
    name: 'postgresql-restart-mid-commit',
    faults: 'PostgreSQL ends in the middle of a COMMIT: fast, at once, and by kill -9',
    async run(harness, { pause }) {
      for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
        await holdCommits(harness);
        await harness.postgres.kill(signal);
        await harness.postgres.start();
        await pause(1_200);
      }
    },
  },
];

/**
 * Waits until a worker stands in the middle of a COMMIT: it is on disk, and PostgreSQL waits for a
 * standby that does not exist before it says so. What ends now leaves the worker without an answer.
 * Only the running server waits; the next one reads the setting anew.
 *
 * @throws Error when there is no COMMIT for half a minute
 */
async function holdCommits({ pool }: Harness): Promise<void> {
  await pool.query(`ALTER SYSTEM SET synchronous_standby_names = 'nobody'`);
  await pool.query('SELECT pg_reload_conf()');
  const deadline = performance.now() + waitLimitMs;
  const query = `SELECT count(*)::int AS count FROM pg_stat_activity
                 WHERE wait_event = 'SyncRep' AND application_name = 'event-platform-worker'`;
  while ((await pool.query<{ count: number }>(query)).rows[0]?.count === 0) {
    if (performance.now() > deadline) throw new Error('No COMMIT was to be seen.');
    await sleep(2);
  }
  await pool.query('ALTER SYSTEM RESET synchronous_standby_names');
}
