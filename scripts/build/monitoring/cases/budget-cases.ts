import type { AlertCase, SilentCase } from './alert-case.ts';
import { ingest } from './http-series.ts';

/**
 * Of 1,000 requests a minute so many fail for so many minutes; then so many that the short window is
 * just below.
 */
function failing(perMinute: number, minutes: number, afterwards = 0) {
  return ingest(
    [
      [1_000 - perMinute, minutes],
      [1_000 - afterwards, 400],
    ],
    [
      [perMinute, minutes],
      [afterwards, 400],
    ],
  );
}

function summary(factor: number | string, window: string): string {
  return `ingest-availability burns its error budget ${factor} times too fast (${window})`;
}

const labels = { slo: 'ingest-availability' };

// What was before the first sample is not known and counts as good. So 1.6% failing are a
// burn rate of 16 in the end, and of 16 × t ÷ window until then.
/** What the multi-window alerts do. */
export const budgetCases: readonly AlertCase[] = [
  {
    alert: 'ErrorBudgetBurnFast',
    when: '16 of 1,000 requests fail for an hour',
    problem: failing(16, 57, 14),
    silentAt: 52,
    firesAt: 56,
    fires: { labels, summary: summary('15.07', '1h') },
    overAt: 66,
    justBelow: failing(15, 57),
  },
  {
    alert: 'ErrorBudgetBurnFast',
    when: '16 of 1,000 requests fail for an hour, and then there is no api any more',
    problem: ingest([[984, 57]], [[16, 57]]),
    firesAt: 56,
    fires: { labels, summary: summary('15.07', '1h') },
    overAt: 66,
    justBelow: failing(15, 57),
  },
  {
    alert: 'ErrorBudgetBurnFast',
    when: 'every request fails, and the tenth makes it enough',
    problem: ingest(
      [
        [0, 12],
        [1, 60],
      ],
      [
        [1, 12],
        [0, 60],
      ],
    ),
    silentAt: 9,
    firesAt: 11,
    fires: { labels, summary: summary('191.7', '1h') },
    overAt: 21,
    justBelow: ingest([[0, 12]], [[0.8, 12]]),
  },
  {
    alert: 'ErrorBudgetBurnSteady',
    when: '12 of 1,000 requests fail for three hours',
    problem: failing(12, 184, 5.8),
    silentAt: 175,
    firesAt: 183,
    fires: { labels, summary: summary('6.117', '6h') },
    overAt: 218,
    justBelow: failing(11.5, 184),
  },
  {
    alert: 'ErrorBudgetBurnSlow',
    when: 'a total outage of five minutes, which is a tenth of the budget of the month',
    problem: ingest(
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

const above = (window: string, factor: number) =>
  `slo:burn_rate:ratio${window}{slo="ingest-availability"} > bool ${factor}`;

/** What one window alone must not do. */
export const silentCases: readonly SilentCase[] = [
  {
    alert: 'ErrorBudgetBurnFast',
    when: 'only the long window is above: it is over',
    series: failing(17, 60),
    at: 67,
    although: above('1h', 14.4),
  },
  {
    alert: 'ErrorBudgetBurnFast',
    when: 'only the short window is above: it has just begun',
    series: failing(17, 60),
    at: 20,
    although: above('5m', 14.4),
  },
  {
    alert: 'ErrorBudgetBurnSteady',
    when: 'only the long window is above: it is over',
    series: failing(12.5, 190),
    at: 225,
    although: above('6h', 6),
  },
  {
    alert: 'ErrorBudgetBurnSteady',
    when: 'only the short window is above: it has just begun',
    series: failing(12, 60),
    at: 45,
    although: above('30m', 6),
  },
  {
    alert: 'ErrorBudgetBurnSlow',
    when: 'only the long window is above: it is over',
    series: failing(40, 125),
    at: 489,
    although: above('3d', 1),
  },
  {
    alert: 'ErrorBudgetBurnSlow',
    when: 'only the short window is above: a total outage of two minutes',
    series: ingest(
      [
        [0, 2],
        [1_000, 60],
      ],
      [
        [1_000, 2],
        [0, 60],
      ],
    ),
    at: 6,
    although: above('6h', 1),
  },
];
