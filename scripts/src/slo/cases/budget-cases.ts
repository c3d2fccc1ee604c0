import type { AlertCase } from './alert-case.ts';
import { ingest } from './http-series.ts';

/** So many of 1,000 requests a minute fail for ten minutes; then health. */
function failing(perMinute: number) {
  return ingest(
    [
      [1_000 - perMinute, 10],
      [1_000, 120],
    ],
    [
      [perMinute, 10],
      [0, 120],
    ],
  );
}

function summary(factor: number | string, window: string): string {
  return `ingest-availability burns its error budget ${factor} times too fast (${window})`;
}

const labels = { slo: 'ingest-availability' };

/** What the multi-window alerts do. */
export const budgetCases: readonly AlertCase[] = [
  {
    alert: 'ErrorBudgetBurnFast',
    when: '15 of 1,000 requests fail',
    trouble: failing(15),
    firesAt: 5,
    fires: { labels, summary: summary(15, '1h') },
    overAt: 18,
    justBelow: failing(14.4),
  },
  {
    alert: 'ErrorBudgetBurnFast',
    when: 'every request fails, and there are enough of them',
    trouble: ingest(
      [
        [0, 14],
        [1, 120],
      ],
      [
        [1, 14],
        [0, 120],
      ],
    ),
    firesAt: 12,
    fires: { labels, summary: summary('1k', '1h') },
    overAt: 25,
    // 9 failures in the hour: too few to wake anybody.
    justBelow: ingest(
      [
        [0, 14],
        [1, 120],
      ],
      [
        [0.7, 14],
        [0, 120],
      ],
    ),
  },
  {
    alert: 'ErrorBudgetBurnSteady',
    when: '7 of 1,000 requests fail',
    trouble: failing(7),
    firesAt: 5,
    fires: { labels, summary: summary(7, '6h') },
    overAt: 45,
    justBelow: failing(6),
  },
  {
    alert: 'ErrorBudgetBurnSlow',
    when: '2 of 1,000 requests fail',
    trouble: failing(2),
    firesAt: 8,
    fires: { labels, summary: summary(2, '3d') },
    overAt: 45,
    justBelow: failing(1),
  },
];
