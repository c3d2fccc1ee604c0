import { markdownTable } from '@event-platform/cli/lib/markdown-table';
import type { Spread } from './statistics.ts';

/** A Markdown table whose columns but the first are numbers. */
export function table(header: readonly string[], rows: readonly string[][]): string {
  return markdownTable(header, rows, true);
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
