import type { AlertCase } from './alert-case.ts';
import { ingest, ingestDurations } from './http-series.ts';
import { gauge } from './series.ts';

const waiting = 'bullmq_queue_waiting{service="api", queue="events"}';

/** POST /events, 1,000 a minute, of which so many take 500 ms to 1 s for ten minutes, the rest a bit less. */
function slow(perMinute: number) {
  return ingestDurations({
    '0.25': [
      [0, 10],
      [1_000, 20],
    ],
    '0.5': [
      [1_000 - perMinute, 10],
      [1_000, 20],
    ],
    '1': [[1_000, 30]],
    '+Inf': [[1_000, 30]],
  });
}

/** What the five alerts with fixed names and conditions do. */
export const designCases: readonly AlertCase[] = [
  {
    alert: 'SLOBreachImminent',
    when: '2.1 of 1,000 requests fail for an hour and a half',
    problem: ingest(
      [
        [997.9, 95],
        [998.1, 60],
      ],
      [
        [2.1, 95],
        [1.9, 60],
      ],
    ),
    // Half an hour until the rate is 2, and an hour of it.
    silentAt: 86,
    firesAt: 91,
    fires: {
      labels: { slo: 'ingest-availability' },
      summary:
        'ingest-availability has burned its error budget at 2.1 times the allowed rate for an hour',
    },
    overAt: 115,
    justBelow: ingest([[998.1, 95]], [[1.9, 95]]),
  },
  {
    alert: 'SLOBreached',
    when: 'a total outage lasts longer than 43.2 minutes, which is the budget of the month',
    problem: ingest(
      [
        [0, 46],
        // Enough new requests to make light of the failed ones.
        [10_000, 60],
      ],
      [
        [1_000, 46],
        [0, 60],
      ],
    ),
    silentAt: 42,
    firesAt: 45,
    fires: {
      labels: { slo: 'ingest-availability' },
      summary: 'ingest-availability: 1.053 times the error budget of 30 days is used',
    },
    overAt: 90,
    justBelow: ingest([[100, 60]], [[900, 60]]),
  },
  {
    alert: 'HighLatency',
    when: '1.2% of the requests take longer than 500 ms',
    problem: slow(12),
    silentAt: 4,
    firesAt: 8,
    fires: { labels: {}, summary: 'P99 of POST /events is 583.3ms' },
    overAt: 15,
    justBelow: slow(9.9),
  },
  {
    alert: 'QueueBackingUp',
    when: '10,001 jobs wait',
    problem: { [waiting]: gauge([10_001, 10], [9_000, 10]) },
    silentAt: 4,
    firesAt: 6,
    fires: { labels: { queue: 'events' }, summary: '10k jobs wait in queue events' },
    overAt: 12,
    justBelow: { [waiting]: gauge([10_000, 20]) },
  },
  {
    alert: 'QueueBackingUp',
    when: '10,001 jobs wait, and then no process counts them any more',
    problem: { [waiting]: gauge([10_001, 10], ['stale', 10]) },
    firesAt: 6,
    fires: { labels: { queue: 'events' }, summary: '10k jobs wait in queue events' },
    overAt: 11,
    justBelow: { [waiting]: gauge([10_001, 4.5], [10_000, 20]) },
  },
  {
    alert: 'ErrorSpike',
    when: 'every second request is answered with 503, and then there is no api any more',
    problem: ingest([[500, 10]], [[500, 10]], '503'),
    firesAt: 8,
    fires: { labels: { slo: 'error-rate' }, summary: '50% of all requests fail with 5xx' },
    overAt: 13,
    justBelow: ingest([[990, 30]], [[10, 30]], '503'),
  },
  {
    alert: 'ErrorSpike',
    when: '1.1% of the requests are answered with 503',
    problem: ingest(
      [
        [989, 10],
        [1_000, 20],
      ],
      [
        [11, 10],
        [0, 20],
      ],
      '503',
    ),
    silentAt: 4,
    firesAt: 8,
    fires: { labels: { slo: 'error-rate' }, summary: '1.1% of all requests fail with 5xx' },
    overAt: 15,
    justBelow: ingest([[990, 30]], [[10, 30]], '503'),
  },
];
