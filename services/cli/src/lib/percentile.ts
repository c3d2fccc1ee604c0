/**
 * The value at a share of the sorted values, by nearest rank: always one that was measured. Pure.
 *
 * @param share from 0 to 1
 * @returns NaN without values
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
