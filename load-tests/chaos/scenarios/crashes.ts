import type { Scenario } from '../harness/scenario.ts';
import type { Harness } from '../harness/harness.ts';
import { untilAllHold, untilInHand, whileWritesWait } from './hold-writes.ts';
import { parts, slotOf, harnessToKill, type Part } from './parts.ts';

/** Every pair of them. */
const pairs = parts.flatMap((one, index) => parts.slice(index + 1).map((other) => [one, other]));

export const crashes: Scenario[] = [
  ...parts.map((part) => killing(part)),
  ...pairs.map((pair) => killing(...pair)),
  { ...killing(...parts), name: 'kill-all' },
  {
    ...killing('Redis'),
    name: 'kill-redis-everysec',
    faults: 'kill -9 of Redis, twice, with appendfsync everysec',
    harness: { appendfsync: 'everysec' },
    mayLose: 'Redis answers while it holds writes back during a sync',
  },
  {
    name: 'kill-worker-twice-same-job',
    faults: 'kill -9 of the worker that holds a job, and of the one that took the job over',
    run: (harness) => killOverOneJob(harness, 2),
  },
  {
    name: 'kill-worker-usual-locks',
    faults: 'kill -9 of a worker with jobs in hand, with the locks of production (30 s)',
    harness: {
      workers: 2,
      env: { LOCK_DURATION_MS: '30000', STALLED_INTERVAL_MS: '15000' },
    },
    async run(harness, { pause }) {
      await whileWritesWait(harness, async () => {
        await untilAllHold(harness);
        await harness.worker.slot.kill();
        // Its statements wait in PostgreSQL and would still commit: let their time run out.
        await pause(2_500);
      });
      await harness.worker.slot.start();
    },
  },
];

/** Kills all of them at the same moment, twice, and starts them again as Kubernetes would. */
function killing(...victims: Part[]): Scenario {
  return {
    name: `kill-${victims.map((part) => part.toLowerCase()).join('-')}`,
    faults: `kill -9 of ${victims.join(' and ')} at once, twice`,
    harness: harnessToKill(...victims),
    async run(harness, { pause }) {
      const slots = victims.map((part) => slotOf(harness, part));
      for (const pauseMs of [1_500, 0]) {
        await Promise.all(slots.map((slot) => slot.kill()));
        await pause(800);
        await Promise.all(slots.map((slot) => slot.start()));
        await pause(pauseMs);
      }
    },
  };
}

/** Kills the worker that holds a certain job, so many times. */
async function killOverOneJob(harness: Harness, crashes: number): Promise<void> {
  await whileWritesWait(harness, async () => {
    const job = await untilInHand(harness, () => true);
    for (let crash = 1; crash <= crashes; crash++) {
      await untilInHand(harness, ({ id, starts }) => id === job.id && starts >= crash);
      await harness.worker.slot.kill();
      await harness.worker.slot.start();
    }
  });
}
