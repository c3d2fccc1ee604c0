import type { AlertCase } from './alert-case.ts';
import { ingest } from './http-series.ts';

/** So many of 1,000 requests a minute fail for so many minutes; then health. */
function failing(perMinute: number, minutes: number) {
  return ingest(
    [
      [1_000 - perMinute, minutes],
      [1_000, 400],
    ],
    [
      [perMinute, minutes],
      [0, 400],
    ],
  );
}

function summary(factor: number | string, window: string): string {
  return `ingest-availability burns its error budget ${factor} times too fast (${window})`;
}

const labels = { slo: 'ingest-availability' };

// What was before the first sample is not known and counts as good. So 3% failing are a burn
// rate of 30 in the end, and of 30 × t ÷ window until then.
/** What the multi-window alerts do. */
export const budgetCases: readonly AlertCase[] = [
  {
    alert: 'ErrorBudgetBurnFast',
    when: '30 of 1,000 requests fail for half an hour',
    trouble: failing(30, 31),
    silentAt: 28,
    firesAt: 30,
    fires: { labels, summary: summary('15.25', '1h') },
    overAt: 38,
    justBelow: failing(28, 31),
  },
  {
    alert: 'ErrorBudgetBurnFast',
    when: 'every request fails, and there are enough of them',
    trouble: failing(1_000, 2),
    firesAt: 2,
    fires: { labels, summary: summary('41.67', '1h') },
    overAt: 10,
    // 9 failures in the hour: too few to wake anybody.
    justBelow: ingest(
      [
        [0, 14],
        [1, 120],
      ],
      [
        [4, 2],
        [0, 120],
      ],
    ),
  },
  {
    alert: 'ErrorBudgetBurnSteady',
    when: '30 of 1,000 requests fail for more than an hour',
    trouble: failing(30, 76),
    silentAt: 70,
    firesAt: 75,
    fires: { labels, summary: summary('6.292', '6h') },
    overAt: 106,
    justBelow: failing(28, 76),
  },
  {
    alert: 'ErrorBudgetBurnSlow',
    when: 'a total outage of five minutes, which is a tenth of the budget of the month',
    trouble: ingest(
      [
        [0, 6],
        // Enough new requests to make light of the failed ones.
        [30_000, 60],
      ],
      [
        [1_000, 6],
        [0, 60],
      ],
    ),
    silentAt: 3,
    firesAt: 5,
    fires: { labels, summary: summary('1.273', '3d') },
    overAt: 40,
    justBelow: ingest([[300, 6]], [[700, 6]]),
  },
];
