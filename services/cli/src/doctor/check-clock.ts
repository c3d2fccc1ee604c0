import { finding, type Finding } from './finding.ts';

/** One reading of another machine's clock. All in epoch milliseconds of the clock that was read. */
export interface ClockReading {
  askedAtMs: number;
  theirsMs: number;
  answeredAtMs: number;
}

const worryingMs = 1_000;
const harmfulMs = 30_000;

/**
 * Checks how far a clock is from the local one. The answer may have been given at any time between question
 * and arrival, so only what exceeds half of that time counts as skew.
 */
export function checkClock(whose: string, reading: ClockReading): Finding {
  const { askedAtMs, theirsMs, answeredAtMs } = reading;
  const skewMs = theirsMs - (askedAtMs + answeredAtMs) / 2;
  const certainMs = Math.max(0, Math.abs(skewMs) - (answeredAtMs - askedAtMs) / 2);
  const status = certainMs > harmfulMs ? 'fail' : certainMs > worryingMs ? 'warn' : 'ok';
  return finding(
    `clock of ${whose}`,
    status,
    `${Math.round(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} this machine`.replace('-', ''),
    'run chrony or ntpd on both machines: limits, ages and timestamps depend on these clocks',
  );
}
