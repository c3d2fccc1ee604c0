/** The middle of several runs and how far they lie apart. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/**
 * The middle value; of an even number, the mean of the two in the middle.
 *
 * @throws RangeError without any values
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There is no median of nothing.');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/** @throws RangeError without any values */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * The spread of the ratios of each round: what slows both sides of one round cancels out, so it says
 * more than the ratio of two medians.
 *
 * @param numerators and `denominators`: one value a round, in the same order
 */
export function ratioOf(numerators: readonly number[], denominators: readonly number[]): Spread {
  const rounds = Math.min(numerators.length, denominators.length);
  return spreadOf(
    Array.from(
      { length: rounds },
      (_, round) => (numerators[round] ?? NaN) / (denominators[round] ?? NaN),
    ),
  );
}
