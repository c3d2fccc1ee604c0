import type { Conditions } from '../../../report/conditions.ts';
import { ratioOf, spreadOf, type Spread } from '../../../report/statistics.ts';
import type { Target } from '../../../report/targets.ts';
import type { Knee } from '../experiments/find-knee.ts';
import type { Freeze } from '../experiments/freeze-postgres.ts';
import type { WaitingBytes } from '../experiments/redis-bytes.ts';
import type { Sustained } from '../experiments/sustain.ts';

/** What one run of `make bench-limits` measured; the contents of limits.json. */
export interface LimitsResults {
  conditions: Conditions;
  knee: Knee;
  waiting: WaitingBytes;
  freezes: Freeze[];
  sustained?: Sustained;
}

export const megabyte = 1e6;
const mostServiceMegabytes = 180;
const mostWaitingShare = 1.3;
const mostFrozenRatio = 2;

/** p99 while PostgreSQL stood still ÷ that before, of the same round. */
function frozenRatio(freezes: readonly Freeze[]): Spread {
  return ratioOf(
    freezes.map(({ frozen }) => frozen.p99),
    freezes.map(({ undisturbed }) => undisturbed.p99),
  );
}

/** A latency over the rounds. */
export function latencyOver(freezes: readonly Freeze[], read: (one: Freeze) => number): Spread {
  return spreadOf(freezes.map(read));
}

/** Holds the figures against the targets. Pure. */
export function limitsTargets({ knee, waiting, freezes, sustained }: LimitsResults): Target[] {
  const frozen = frozenRatio(freezes);
  const atMost = (name: string, wanted: number, measured: number | undefined): Target => ({
    name,
    isAtLeast: false,
    wanted,
    measured,
  });
  return [
    {
      ...atMost('memory of the api at the knee', mostServiceMegabytes, knee.apiBytes / megabyte),
      unit: 'MB',
    },
    {
      ...atMost(
        'memory of the worker at the knee',
        mostServiceMegabytes,
        knee.workerBytes / megabyte,
      ),
      unit: 'MB',
    },
    atMost(
      'Redis, bytes of a waiting event ÷ its JSON',
      mostWaitingShare,
      waiting.bytesPerEvent / waiting.jsonBytes,
    ),
    {
      ...atMost(
        'p99 of POST while PostgreSQL stands still ÷ undisturbed',
        mostFrozenRatio,
        frozen.median,
      ),
      range: [frozen.min, frozen.max],
    },
    {
      ...atMost(
        `growth of the backlog in ${sustained?.minutes ?? 0} minutes at 80 % of the knee, in ‰ of the rate, beyond doubt`,
        1,
        sustained && growthInPerMille(sustained),
      ),
    },
  ];
}

/** What of the growth is beyond doubt, as parts in a thousand of the rate; 0 where none is. */
function growthInPerMille({ slope, slopeError, eventsPerSecond }: Sustained): number {
  return Math.max(0, ((slope - 2 * slopeError) / eventsPerSecond) * 1_000);
}
