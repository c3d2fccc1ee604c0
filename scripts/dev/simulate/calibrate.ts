import { percentile } from '@event-platform/cli/lib/percentile';
import type { Moment } from '../../verify/e2e/harness/recorder.ts';
import { askedAtS, type RecordedBurst } from './recording.ts';
import type { Settings } from './settings.ts';

/** What recordings tell about pods and database. */
export type Calibrated = Pick<
  Settings,
  | 'podJobsPerS'
  | 'databaseJobsPerS'
  | 'podStartS'
  | 'podStartCpuS'
  | 'readyAfterS'
  | 'rateWhileStarting'
  | 'acceptCpuS'
>;

/**
 * Reads the constants off recorded bursts: the median of what each shows. Pure.
 *
 * @param maxPods as many as the bursts brought
 * @param cores of the machine that they were recorded on
 * @throws Error naming the constant that no recording shows
 */
export function calibrate(
  bursts: readonly RecordedBurst[],
  { eventsPerJob, maxPods, cores }: Pick<Settings, 'eventsPerJob' | 'maxPods' | 'cores'>,
): Calibrated {
  const each = (name: keyof Calibrated, read: (moments: RecordedBurst) => number | undefined) =>
    median(name, bursts.map(read));
  const rate = (moments: RecordedBurst, is: (moment: Moment) => boolean) =>
    slope(moments, is, eventsPerJob);

  const podJobsPerS = each('podJobsPerS', (moments) =>
    rate(moments, ({ wanted, ready }) => wanted === 1 && ready === 1),
  );
  const podStartS = each('podStartS', (moments) => loneStart(moments)?.worksAfterS);
  const readyAfterS = each('readyAfterS', (moments) => loneStart(moments)?.readyAfterS);
  return {
    podJobsPerS,
    databaseJobsPerS: each('databaseJobsPerS', (moments) =>
      rate(moments, ({ ready, backlog }) => ready === maxPods && backlog > 0),
    ),
    podStartS,
    readyAfterS,
    podStartCpuS: each('podStartCpuS', (moments) => {
      if (!loneStart(moments)) return undefined;
      // Starts share the cores, so all but the first end at about the same time; the one in the middle tells.
      const half = Math.ceil((maxPods + 1) / 2);
      const readyS = (moments.find(({ ready }) => ready >= half)?.atMs ?? NaN) / 1_000;
      return ((readyS - readyAfterS - askedAtS(moments, maxPods)) * cores) / (maxPods - 1);
    }),
    // The sender of the suite goes as fast as the cores let it.
    acceptCpuS: each('acceptCpuS', (moments) => {
      const arrived = moments.map(({ atMs, backlog, stored }) => ({
        atMs,
        jobs: backlog + stored / eventsPerJob,
      }));
      const all = arrived.at(-1)?.jobs ?? 0;
      const at = (share: number) => arrived.find(({ jobs }) => jobs >= share * all)?.atMs ?? NaN;
      return (((at(0.8) - at(0.2)) / 1_000) * cores) / (0.6 * all);
    }),
    rateWhileStarting: each('rateWhileStarting', (moments) => {
      const meanwhile = rate(moments, ({ wanted, ready }) => wanted === maxPods && ready === 1);
      return meanwhile === undefined || !loneStart(moments)
        ? undefined
        : Math.min(1, meanwhile / podJobsPerS);
    }),
  };
}

/** The start of the first pod, where it had the machine for itself. */
function loneStart(moments: RecordedBurst) {
  const first = moments.find(({ stored }) => stored > 0);
  const ready = moments.find((moment) => moment.ready > 0);
  if (!first || !ready || ready.wanted !== 1) return undefined;
  return {
    worksAfterS: first.atMs / 1_000 - askedAtS(moments, 1),
    readyAfterS: (ready.atMs - first.atMs) / 1_000,
  };
}

/** Jobs stored a second over the moments for which something holds; at least a second of them. */
function slope(
  moments: RecordedBurst,
  is: (moment: Moment) => boolean,
  eventsPerJob: number,
): number | undefined {
  const some = moments.filter(is);
  const [first, last] = [some[0], some.at(-1)];
  if (!first || !last || last.atMs - first.atMs < 1_000) return undefined;
  return (last.stored - first.stored) / eventsPerJob / ((last.atMs - first.atMs) / 1_000);
}

function median(name: string, values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) throw new Error(`No recording shows ${name}`);
  return Number(percentile(known, 0.5).toPrecision(3));
}
