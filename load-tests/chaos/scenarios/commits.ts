import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world/world.ts';

const waitLimitMs = 30_000;

export const commits: Scenario[] = [
  {
    name: 'postgresql-restart-mid-commit',
    faults: 'PostgreSQL ends in the middle of a COMMIT: fast, at once, and by kill -9',
    world: {
      // Every COMMIT stands still for a tenth of a second, which is where it is to be hit.
      postgresSettings: { commit_delay: '100000', commit_siblings: '0' },
    },
    async run(world, { pause }) {
      for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
        await untilCommitting(world);
        await world.postgres.kill(signal);
        await world.postgres.start();
        await pause(1_200);
      }
    },
  },
];

/** @throws Error when nobody commits for half a minute */
async function untilCommitting(world: World): Promise<void> {
  const deadline = performance.now() + waitLimitMs;
  const query = `SELECT count(*)::int AS count FROM pg_stat_activity
                 WHERE wait_event = 'CommitDelay' AND application_name LIKE 'event-platform-worker%'`;
  for (;;) {
    const { rows } = await world.pool.query<{ count: number }>(query);
    if ((rows[0]?.count ?? 0) > 0) return;
    if (performance.now() > deadline) throw new Error('No COMMIT was to be seen.');
    await sleep(2);
  }
}
