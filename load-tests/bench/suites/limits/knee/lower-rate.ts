import type { Step } from './step.ts';

const stepDown = 0.95;

/** However fast the backlog grew, the next try is no lower than this share. */
const mostAtOnce = 0.5;

/**
 * The rate to try when one did not hold: what was stored, if the backlog shows it, else a
 * little less. Pure.
 */
export function lowerRate({ rate, slope }: Step): number {
  const worked = rate - Math.max(0, slope);
  return Math.round(Math.max(rate * mostAtOnce, Math.min(rate * stepDown, worked)));
}
