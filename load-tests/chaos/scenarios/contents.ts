import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { poisonRule, type Scenario } from '../harness/scenario.ts';
import type { Harness } from '../harness/harness.ts';

const unreadableJobs = 20;

export const contents: Scenario[] = [
  {
    name: 'poison-flood',
    faults: 'every fifth event is one that PostgreSQL refuses, and 20 jobs cannot be read, for 5 s',
    harness: { sql: poisonRule },
    async run(harness, { pause, load }) {
      load.poisonShare = 0.2;
      await addUnreadableJobs(harness);
      await pause(5_000);
      load.poisonShare = 0;
    },
  },
  {
    name: 'half-duplicates',
    faults: 'every second event was posted before, for 5 s; a worker is killed meanwhile',
    async run(harness, { pause, load }) {
      load.duplicateShare = 0.5;
      await pause(2_500);
      await harness.worker.slot.kill();
      await harness.worker.slot.start();
      await pause(2_500);
      load.duplicateShare = 0.1;
    },
  },
];

/** Something that is none of our jobs, in our queue. */
async function addUnreadableJobs(harness: Harness): Promise<void> {
  await harness.withRedis(async (redis) => {
    const queue = new TextQueue(defaultQueueName, {
      connection: redis,
      prefix: defaultRedisPrefix,
    });
    queue.on('error', () => undefined);
    const opts = { attempts: 2, backoff: 50, priority: 1, removeOnComplete: true };
    await queue.addBulk(
      Array.from({ length: unreadableJobs }, () => ({ name: 'events', data: 'no job', opts })),
    );
    await queue.close();
  });
}
