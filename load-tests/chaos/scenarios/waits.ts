import { rmSync } from 'node:fs';
import type { Scenario } from '../harness/scenario.ts';

/** What was answered `stored` is no loss that Redis may cause: the checker has a finding of its own for it. */
export const waits: Scenario[] = [
  {
    name: 'redis-emptied-while-some-wait',
    faults: 'kill -9 of Redis, and its files are gone, while half of the requests wait for stored',
    mayLose: 'what waited in Redis is gone with its files',
    async run(harness, { load, pause }) {
      load.waitShare = 0.5;
      await pause(2_000);
      // No worker takes jobs meanwhile, so that there is something to lose.
      await harness.worker.slot.freeze();
      await pause(1_000);
      const [, files] = await harness.withRedis(
        async (redis) => (await redis.config('GET', 'dir')) as [string, string],
      );
      await harness.redis.kill();
      rmSync(files, { recursive: true });
      await harness.redis.start();
      await harness.worker.slot.thaw();
    },
  },
];
