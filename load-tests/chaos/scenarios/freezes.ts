import type { Scenario } from '../world/scenario.ts';
import { dropLocks, untilAllHold, untilInHand, whileWritesWait } from './hold-writes.ts';

/** Longer than the lock of a job, and than its second chance. */
const pastLockMs = 9_000;

export const freezes: Scenario[] = [
  {
    name: 'freeze-worker-past-lock',
    faults: 'SIGSTOP of a worker with jobs in hand, past their locks; another takes them over',
    world: { workers: 2 },
    async run(world, { pause }) {
      await whileWritesWait(world, async () => {
        await untilAllHold(world);
        await world.worker.slot.freeze();
      });
      await pause(pastLockMs);
      await world.worker.slot.thaw();
    },
  },
  {
    name: 'freeze-api',
    faults: 'SIGSTOP of the api for 5 s',
    async run(world, { pause }) {
      await world.api.slot.freeze();
      await pause(5_000);
      await world.api.slot.thaw();
    },
  },
  {
    name: 'freeze-redis',
    faults: 'SIGSTOP of Redis, past the locks of the jobs',
    async run(world, { pause }) {
      await world.redis.freeze();
      await pause(pastLockMs);
      await world.redis.thaw();
    },
  },
  {
    name: 'freeze-postgresql',
    faults: 'SIGSTOP of PostgreSQL with all its backends, past the statement timeout',
    async run(world, { pause }) {
      await world.postgres.freeze();
      await pause(pastLockMs);
      await world.postgres.thaw();
    },
  },
  {
    name: 'stall-event-loops',
    faults:
      'the event loop of a worker stands still past its locks, that of the api for 3 s, twice',
    world: { workers: 2 },
    async run(world, { pause }) {
      for (let time = 1; time <= 2; time++) {
        let stalls: Promise<unknown>[] = [];
        await whileWritesWait(world, async () => {
          await untilAllHold(world);
          stalls = [world.worker.hook({ stallMs: pastLockMs }), world.api.hook({ stallMs: 3_000 })];
        });
        await Promise.all(stalls);
        await pause(500);
      }
    },
  },
  {
    name: 'lose-locks',
    faults:
      'the locks of all jobs in hand vanish while their workers live, as by a jump of Redis’ clock',
    world: { workers: 2 },
    async run(world, { pause }) {
      await whileWritesWait(world, async () => {
        const job = await untilInHand(world, () => true);
        // Taken away again and again, since a worker renews what it still believes to have.
        for (let time = 1; time <= 12; time++) {
          await dropLocks(world);
          await pause(400);
        }
        await untilInHand(world, ({ id, starts }) => id === job.id && starts >= 2);
      });
    },
  },
  {
    name: 'clock-jumps',
    faults: 'the clocks of api and worker jump 2 h ahead, 2 h back, and 26 h back',
    async run(world, { pause }) {
      for (const hours of [2, -2, -26]) {
        const clockShiftMs = hours * 3_600_000;
        await world.api.hook({ clockShiftMs });
        await pause(700);
        await world.worker.hook({ clockShiftMs });
        await pause(1_000);
      }
      await world.api.hook({ clockShiftMs: 0 });
      await world.worker.hook({ clockShiftMs: 0 });
    },
  },
];
