import type { Spread } from './statistics.ts';

/** Columns of numbers, which are all but the first, stand to the right. */
export function table(header: readonly string[], rows: readonly string[][]): string {
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'));
  return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A whole number as people write it. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** The median, with the range in parentheses where there is one. */
export function spread({ median, min, max }: Spread, digits: number): string {
  const [middle, low, high] = [median, min, max].map((value) => value.toFixed(digits));
  return low === high ? `${middle}` : `${middle} (${low}–${high})`;
}
