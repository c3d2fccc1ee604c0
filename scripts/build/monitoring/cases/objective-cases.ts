import { readReceipt, readSummary } from '@event-platform/api/routes/query-routes';
import { sendEvents } from '@event-platform/api/routes/send-events';
import type { AlertCase } from './alert-case.ts';
import { labelsOf, requests } from './http-series.ts';
import { counter, seriesName, type Labels, type Series, type SeriesValues } from './series.ts';

/** Requests, summaries or jobs of a case. */
const perMinute = 1_000;
/** Minutes of health that follow the failure. */
const afterwards = 30;

/** How the budget of an objective is burned: shares of bad requests, and minutes since the failure began. */
interface Burning {
  /** Series in which this share is bad for `minutes`, and none afterwards. */
  series: (bad: number, minutes: number) => Series;
  when: string;
  bad: number;
  justBelow: number;
  silentAt: number;
  firesAt: number;
  /** As the summary rounds it. */
  burnRate: string;
}

/** This long after the failure the short window is below the factor again. */
const shortWindowMinutes = 8;

const afterTenMinutes = { bad: 1, justBelow: 0.8, silentAt: 8, firesAt: 10, burnRate: '17.5' };
const afterHalfAnHour = {
  bad: 0.032,
  justBelow: 0.024,
  silentAt: 25,
  firesAt: 30,
  burnRate: '16.27',
};

/** By objective: each reads series of its own, and one of them misspelt would never alert anyone. */
const burnings: Readonly<Record<string, Burning>> = {
  'ingest-latency': {
    series: tooSlow('http_request_duration_seconds', '0.5', {
      ...labelsOf(sendEvents),
      status: '202',
    }),
    when: 'every answer takes longer than 500 ms',
    ...afterTenMinutes,
  },
  'summary-availability': {
    series: failing('429', labelsOf(readSummary)),
    when: '32 of 1,000 summaries fail for half an hour',
    ...afterHalfAnHour,
  },
  'summary-latency-cached': {
    series: tooSlow('summary_duration_seconds', '0.3', { cache: 'hit' }),
    when: 'every summary from the cache takes longer than 300 ms',
    ...afterTenMinutes,
  },
  'summary-latency-uncached': {
    series: tooSlow('summary_duration_seconds', '1', { cache: 'miss' }),
    when: 'every summary from the database takes longer than a second',
    ...afterTenMinutes,
  },
  'queue-latency': {
    series: tooSlow('event_queue_latency_seconds', '5', {}),
    when: 'every job waits longer than five seconds',
    ...{ bad: 1, justBelow: 0.9, silentAt: 42, firesAt: 46, burnRate: '15.5' },
  },
  freshness: {
    series: tooSlow('event_freshness_seconds', '10', {}),
    when: 'every job is stored later than ten seconds after it was accepted',
    ...afterTenMinutes,
  },
  'error-rate': {
    series: failing('500', labelsOf(readReceipt)),
    when: '32 of 1,000 requests are answered with 5xx for half an hour',
    ...afterHalfAnHour,
  },
};

/** What ErrorBudgetBurnFast does for each objective, beside that of `budgetCases`. */
export const objectiveCases: readonly AlertCase[] = Object.entries(burnings).map(([slo, burning]) =>
  caseOf(slo, burning),
);

function caseOf(slo: string, burning: Burning): AlertCase {
  const { series, when, bad, justBelow, silentAt, firesAt, burnRate } = burning;
  return {
    alert: 'ErrorBudgetBurnFast',
    when: `${slo}: ${when}`,
    problem: series(bad, firesAt + 1),
    silentAt,
    firesAt,
    fires: {
      labels: { slo },
      summary: `${slo} burns its error budget ${burnRate} times too fast (1h)`,
    },
    overAt: firesAt + 1 + shortWindowMinutes,
    justBelow: series(justBelow, firesAt + 1),
  };
}

/** A histogram whose bad observations are above the bound, the others below. */
function tooSlow(histogram: string, bound: string, labels: Labels): Burning['series'] {
  const ofClass = { ...labels, account_class: 'standard' };
  const bucket = (le: string) => seriesName(`${histogram}_bucket`, { ...ofClass, le });
  return (bad, minutes) => ({
    [bucket(bound)]: good(bad, minutes),
    [bucket('+Inf')]: all(minutes),
    [seriesName(`${histogram}_count`, ofClass)]: all(minutes),
  });
}

/** Requests of which the bad ones fail with this status, by our fault. */
function failing(status: string, route: Labels): Burning['series'] {
  return (bad, minutes) => ({
    [requests(route, '200', 'none')]: good(bad, minutes),
    [requests(route, status, 'system')]: counter([bad * perMinute, minutes], [0, afterwards]),
  });
}

function all(minutes: number): SeriesValues {
  return counter([perMinute, minutes + afterwards]);
}

function good(bad: number, minutes: number): SeriesValues {
  return counter([(1 - bad) * perMinute, minutes], [perMinute, afterwards]);
}
