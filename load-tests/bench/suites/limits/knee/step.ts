import { fitLine } from '../../../report/regression.ts';

/** A sample of the queue: seconds since the traffic began to count, and events that waited. */
export type BacklogSample = readonly [seconds: number, events: number];

/** What happened at one constant rate. */
export interface Step {
  /** Asked for and got, events a second. */
  rate: number;
  accepted: number;
  /** Of POST, in milliseconds, by when each request was due. */
  p50: number;
  p99: number;
  max: number;
  /** Of the backlog, events a second, and how unsure that is. */
  slope: number;
  slopeError: number;
  maxBacklog: number;
  isSteady: boolean;
}

/** As the promise of docs/slo.md for POST /events. */
export const p99LimitMs = 500;

/** A queue that is worked off in batches sways; slower growth than this share of the rate is sway. */
const swayShare = 0.01;

/** What was accepted must be what was sent, but for the requests under way. */
const leastAccepted = 0.97;

/** True when the backlog grows by more than a share of the rate, beyond doubt. Pure. */
export function doesGrow(
  samples: readonly BacklogSample[],
  rate: number,
  share: number,
): { grows: boolean; slope: number; slopeError: number } {
  const { slope, standardError } = fitLine(samples);
  return { grows: slope - 2 * standardError > share * rate, slope, slopeError: standardError };
}

/** Evaluates an interval at a constant rate. Pure. */
export function evaluateStep(
  rate: number,
  accepted: number,
  latency: Pick<Step, 'p50' | 'p99' | 'max'>,
  samples: readonly BacklogSample[],
): Step {
  const { grows, slope, slopeError } = doesGrow(samples, rate, swayShare);
  const isSteady = !grows && latency.p99 <= p99LimitMs && accepted >= leastAccepted * rate;
  const maxBacklog = Math.max(0, ...samples.map(([, events]) => events));
  return { rate, accepted, ...latency, slope, slopeError, maxBacklog, isSteady };
}
