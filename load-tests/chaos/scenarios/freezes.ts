import { callHook } from '../harness/call-hook.ts';
import type { Scenario } from '../harness/scenario.ts';
import { dropLocks, untilAllHold, untilInHand, whileWritesWait } from './hold-writes.ts';

/** Longer than the lock of a job, and than its second chance. */
const pastLockMs = 9_000;

export const freezes: Scenario[] = [
  {
    name: 'freeze-worker-past-lock',
    faults: 'SIGSTOP of a worker with jobs in hand, past their locks; another takes them over',
    harness: { workers: 2 },
    async run(harness, { pause }) {
      await whileWritesWait(harness, async () => {
        await untilAllHold(harness);
        await harness.worker.slot.freeze();
      });
      await pause(pastLockMs);
      await harness.worker.slot.thaw();
    },
  },
  {
    name: 'freeze-api',
    faults: 'SIGSTOP of the api for 5 s',
    async run(harness, { pause }) {
      await harness.api.slot.freeze();
      await pause(5_000);
      await harness.api.slot.thaw();
    },
  },
  {
    name: 'freeze-redis',
    faults: 'SIGSTOP of Redis, past the locks of the jobs',
    async run(harness, { pause }) {
      await harness.redis.freeze();
      await pause(pastLockMs);
      await harness.redis.thaw();
    },
  },
  {
    name: 'freeze-postgresql',
    faults: 'SIGSTOP of PostgreSQL with all its backends, past the statement timeout',
    async run(harness, { pause }) {
      await harness.postgres.freeze();
      await pause(pastLockMs);
      await harness.postgres.thaw();
    },
  },
  {
    name: 'stall-event-loops',
    faults:
      'the event loop of a worker stands still past its locks, that of the api for 3 s, twice',
    harness: { workers: 2 },
    async run(harness, { pause }) {
      for (let time = 1; time <= 2; time++) {
        let stalls: Promise<unknown>[] = [];
        await whileWritesWait(harness, async () => {
          await untilAllHold(harness);
          stalls = [
            callHook(harness.worker, { stallMs: pastLockMs }),
            callHook(harness.api, { stallMs: 3_000 }),
          ];
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
    harness: { workers: 2 },
    async run(harness, { pause }) {
      await whileWritesWait(harness, async () => {
        const job = await untilInHand(harness, () => true);
        // Removed again and again, since a worker renews what it still believes to have.
        for (let time = 1; time <= 12; time++) {
          await dropLocks(harness);
          await pause(400);
        }
        await untilInHand(harness, ({ id, starts }) => id === job.id && starts >= 2);
      });
    },
  },
  {
    name: 'clock-jumps',
    faults: 'the clocks of api and worker jump 2 h ahead, 2 h back, and 26 h back',
    async run(harness, { pause }) {
      for (const hours of [2, -2, -26]) {
        const clockShiftMs = hours * 3_600_000;
        await callHook(harness.api, { clockShiftMs });
        await pause(700);
        await callHook(harness.worker, { clockShiftMs });
        await pause(1_000);
      }
      await callHook(harness.api, { clockShiftMs: 0 });
      await callHook(harness.worker, { clockShiftMs: 0 });
    },
  },
];
