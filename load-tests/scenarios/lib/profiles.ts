/** Goes from the rate before it to `rate` within its time. */
export interface Phase {
  /** Requests a second at its end. */
  rate: number;
  seconds: number;
}

/**
 * A load over time, as an open model: requests start when their time has come, however slow the
 * answers are. A system that slows down is then seen to; a closed loop would spare it.
 */
export interface Load {
  /** Requests a second at the beginning. */
  from: number;
  phases: Phase[];
}

/** The same rate all the time. */
export function steady({ rate, seconds }: Phase): Load {
  return { from: rate, phases: [{ rate, seconds }] };
}

/** Calm, then within a second the peak, then calm again, a third of the time each. */
export function spike({ rate, peak, seconds }: Phase & { peak: number }): Load {
  const third = seconds / 3;
  return {
    from: rate,
    phases: [
      { rate, seconds: third },
      { rate: peak, seconds: 1 },
      { rate: peak, seconds: third - 1 },
      { rate, seconds: 1 },
      { rate, seconds: third - 1 },
    ],
  };
}

/** One step of a staircase. */
export interface Step {
  rate: number;
  seconds: number;
}

/** Rates that grow from step to step by the same factor. */
export function staircase(options: {
  from: number;
  to: number;
  steps: number;
  seconds: number;
}): Step[] {
  const { from, to, steps, seconds } = options;
  const factor = (to / from) ** (1 / (steps - 1));
  return Array.from({ length: steps }, (_, index) => ({
    rate: Math.round(from * factor ** index),
    seconds: seconds / steps,
  }));
}

/** The load that climbs a staircase: a second for each rise. */
export function ramp(steps: readonly Step[]): Load {
  const phases = steps.flatMap(({ rate, seconds }) => [
    { rate, seconds: 1 },
    { rate, seconds: Math.max(1, seconds - 1) },
  ]);
  return { from: steps[0]?.rate ?? 1, phases };
}

export function peakOf({ from, phases }: Load): number {
  return Math.max(from, ...phases.map(({ rate }) => rate));
}

export function secondsOf({ phases }: Load): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The same shape with other rates and another length. */
export function scale({ from, phases }: Load, rates: number, time: number): Load {
  return {
    from: from * rates,
    phases: phases.map(({ rate, seconds }) => ({ rate: rate * rates, seconds: seconds * time })),
  };
}

/** k6 counts in whole numbers: by the minute, a rate may be a fraction of one a second. */
const timeUnit = '60s';
const perMinute = (rate: number): number => Math.max(1, Math.round(rate * 60));
const duration = (seconds: number): string => `${Math.max(1, Math.round(seconds * 1_000))}ms`;

/** An answer may take this long before k6 runs short of virtual users and drops requests. */
const retryBudgetSeconds = 2;

/**
 * The load as k6 runs it.
 *
 * @param exec name of the exported function that makes one request
 */
export function toExecutor(load: Load, exec: string) {
  const peak = peakOf(load);
  const shared = {
    exec,
    timeUnit,
    preAllocatedVUs: between(5, Math.ceil(peak / 4), 200),
    maxVUs: between(20, Math.ceil(peak * retryBudgetSeconds), 2_000),
    gracefulStop: '10s',
  };
  const isSteady = load.phases.every(({ rate }) => rate === load.from);
  if (isSteady) {
    return {
      ...shared,
      executor: 'constant-arrival-rate' as const,
      rate: perMinute(peak),
      duration: duration(secondsOf(load)),
    };
  }
  return {
    ...shared,
    executor: 'ramping-arrival-rate' as const,
    startRate: perMinute(load.from),
    stages: load.phases.map(({ rate, seconds }) => ({
      target: perMinute(rate),
      duration: duration(seconds),
    })),
  };
}

function between(min: number, value: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
