import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../lab/lab.ts';
import type { Platform } from '../../../baselines/platform.ts';
import type { Interval } from '../../../load/load-plan.ts';
import { intervalOf, withLoad } from './run-step.ts';

/** POST before, while and after PostgreSQL stood still, in milliseconds. */
export interface Freeze {
  undisturbed: Interval;
  frozen: Interval;
  /** While the backlog of the freeze is worked off. */
  after: Interval;
}

/** Of the knee. */
export const freezeShare = 0.7;
export const frozenSeconds = 5;

export interface FreezeOptions {
  eventsPerSecond: number;
  undisturbedSeconds: number;
}

/** Freezes PostgreSQL with all its backends (SIGSTOP) under a steady load, and lets it go on. */
export async function freezePostgres(
  lab: Lab,
  platform: Platform,
  { eventsPerSecond, undisturbedSeconds }: FreezeOptions,
): Promise<Freeze> {
  const { report } = await withLoad(platform, eventsPerSecond, async (traffic) => {
    traffic.interval();
    await sleep(undisturbedSeconds * 1_000);
    await lab.postgres.kill('SIGSTOP');
    try {
      traffic.interval();
      await sleep(frozenSeconds * 1_000);
      traffic.interval();
    } finally {
      await lab.postgres.kill('SIGCONT');
    }
    await sleep(frozenSeconds * 1_000);
  });
  return {
    undisturbed: intervalOf(report, 1),
    frozen: intervalOf(report, 2),
    after: intervalOf(report, 3),
  };
}
