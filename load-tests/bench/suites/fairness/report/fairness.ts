import type { Share } from '../experiments/shares.ts';

/** Jain's index of what each tenant got for its weight: 1 when all got the same, 1/n when one got all. */
export function jainIndex(shares: readonly Pick<Share, 'goodput' | 'weight'>[]): number {
  const values = shares.map(({ goodput, weight }) => goodput / weight);
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value ** 2, 0);
  return squares === 0 ? 0 : sum ** 2 / (values.length * squares);
}

/** Mean goodput of the heavier tier ÷ that of the lighter. */
export function tierRatio(shares: readonly Pick<Share, 'goodput' | 'weight'>[]): number {
  const heaviest = Math.max(...shares.map(({ weight }) => weight));
  const mean = (tier: typeof shares) =>
    tier.reduce((sum, { goodput }) => sum + goodput, 0) / tier.length;
  const heavy = shares.filter(({ weight }) => weight === heaviest);
  const light = shares.filter(({ weight }) => weight !== heaviest);
  return mean(heavy) / mean(light);
}
