import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { poisonRule, type Scenario } from '../world/scenario.ts';
import type { World } from '../world/world.ts';

const unreadableJobs = 20;

export const contents: Scenario[] = [
  {
    name: 'poison-flood',
    faults: 'every fifth event is one that PostgreSQL refuses, and 20 jobs cannot be read, for 5 s',
    world: { sql: poisonRule },
    async run(world, { pause, load }) {
      load.poisonShare = 0.2;
      await addUnreadableJobs(world);
      await pause(5_000);
      load.poisonShare = 0;
    },
  },
  {
    name: 'half-duplicates',
    faults: 'every second event was posted before, for 5 s; a worker is killed meanwhile',
    async run(world, { pause, load }) {
      load.duplicateShare = 0.5;
      await pause(2_500);
      await world.worker.slot.kill();
      await world.worker.slot.start();
      await pause(2_500);
      load.duplicateShare = 0.1;
    },
  },
];

/** Something that is none of our jobs, in our queue. */
async function addUnreadableJobs(world: World): Promise<void> {
  await world.withRedis(async (redis) => {
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
