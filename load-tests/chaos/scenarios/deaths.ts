import type { Scenario } from '../world/scenario.ts';
import type { World } from '../world/world.ts';
import { untilAllHold, untilInHand, whileWritesWait } from './hold-writes.ts';
import { parts, slotOf, worldToKill, type Part } from './parts.ts';

/** Every pair of them. */
const pairs = parts.flatMap((one, index) => parts.slice(index + 1).map((other) => [one, other]));

export const deaths: Scenario[] = [
  ...parts.map((part) => killing(part)),
  ...pairs.map((pair) => killing(...pair)),
  { ...killing(...parts), name: 'kill-all' },
  {
    ...killing('Redis'),
    name: 'kill-redis-everysec',
    faults: 'kill -9 of Redis, twice, with appendfsync everysec',
    world: { appendfsync: 'everysec' },
    mayLose: 'Redis answers while it holds writes back during a sync',
  },
  {
    name: 'kill-worker-twice-same-job',
    faults: 'kill -9 of the worker that holds a job, and of the one that took the job over',
    run: (world) => killOverOneJob(world, 2),
  },
  {
    name: 'kill-worker-usual-locks',
    faults: 'kill -9 of a worker with jobs in hand, with the locks of production (30 s)',
    world: {
      workers: 2,
      env: { LOCK_DURATION_MS: '30000', STALLED_INTERVAL_MS: '15000' },
    },
    async run(world, { pause }) {
      await whileWritesWait(world, async () => {
        await untilAllHold(world);
        await world.worker.slot.kill();
        // Its statements wait in PostgreSQL and would still commit: let their time run out.
        await pause(2_500);
      });
      await world.worker.slot.start();
    },
  },
];

/** Kills all of them at the same moment, twice, and starts them again as Kubernetes would. */
function killing(...victims: Part[]): Scenario {
  return {
    name: `kill-${victims.map((part) => part.toLowerCase()).join('-')}`,
    faults: `kill -9 of ${victims.join(' and ')} at once, twice`,
    world: worldToKill(...victims),
    async run(world, { pause }) {
      const slots = victims.map((part) => slotOf(world, part));
      for (const pauseMs of [1_500, 0]) {
        await Promise.all(slots.map((slot) => slot.kill()));
        await pause(800);
        await Promise.all(slots.map((slot) => slot.start()));
        await pause(pauseMs);
      }
    },
  };
}

/** Kills whoever holds a certain job, as often as told. */
async function killOverOneJob(world: World, deaths: number): Promise<void> {
  await whileWritesWait(world, async () => {
    const job = await untilInHand(world, () => true);
    for (let death = 1; death <= deaths; death++) {
      await untilInHand(world, ({ id, starts }) => id === job.id && starts >= death);
      await world.worker.slot.kill();
      await world.worker.slot.start();
    }
  });
}
