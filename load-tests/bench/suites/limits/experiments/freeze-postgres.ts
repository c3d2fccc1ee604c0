import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../lab/lab.ts';
import type { Platform } from '../../../yardsticks/platform.ts';
import type { Lap } from '../../../traffic/traffic-plan.ts';
import { lapOf, withTraffic } from './run-step.ts';

/** POST before, while and after PostgreSQL stood still, in milliseconds. */
export interface Freeze {
  undisturbed: Lap;
  frozen: Lap;
  /** While the backlog of the freeze is worked off. */
  after: Lap;
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
  const { report } = await withTraffic(platform, eventsPerSecond, async (traffic) => {
    traffic.lap();
    await sleep(undisturbedSeconds * 1_000);
    await lab.postgres.kill('SIGSTOP');
    try {
      traffic.lap();
      await sleep(frozenSeconds * 1_000);
      traffic.lap();
    } finally {
      await lab.postgres.kill('SIGCONT');
    }
    await sleep(frozenSeconds * 1_000);
  });
  return { undisturbed: lapOf(report, 1), frozen: lapOf(report, 2), after: lapOf(report, 3) };
}
