import { select, type Scope } from './scope.ts';

/** Writes a rate as PromQL. */
type Rate = (scope: Scope, window: string, by?: 'account_class') => string;

/** One service level objective. Its indicator is the share of good among the valid. */
export interface Objective {
  /** Value of the label `slo`. */
  id: string;
  endpoint: string;
  title: string;
  /** The target as people are told it. */
  objective: string;
  /** Share of good that is promised; what is left is the error budget. */
  target: number;
  periodDays: number;
  /** What is counted, in words. */
  unit: string;
  /** PromQL: how many valid ones a second, over the window; in all, or by a label. */
  valid: Rate;
  /** PromQL: how many bad ones a second; may be empty while there are none. */
  bad: Rate;
  /** PromQL of the percentile that is promised, in seconds; absent where a share is promised. */
  percentile?: (scope: Scope, window: string) => string;
}

/** The routes that tenants use; probes, metrics and the status page would only flatter the numbers. */
const tenantRoutes = ['/events', '/accounts/:id/summary', '/accounts/:id/events/:event_id'];

const post = ['method="POST"', 'route="/events"'];
const summary = ['method="GET"', 'route="/accounts/:id/summary"'];
const anyTenantRoute = [`route=~"${tenantRoutes.join('|')}"`];

/**
 * Every objective. A percentile below a bound is the same as that share of
 * observations below the bound, and only so has a budget.
 */
export const objectives: readonly Objective[] = [
  availability('ingest-availability', 'POST /events', post),
  {
    id: 'ingest-latency',
    endpoint: 'POST /events',
    title: 'P99 latency',
    objective: '< 500 ms',
    periodDays: 7,
    unit: 'answered requests',
    ...quickerThan(0.99, 'http_request_duration_seconds', 0.5, [...post, 'status=~"2.."']),
  },
  availability('summary-availability', 'GET /accounts/:id/summary', summary),
  summaryLatency('summary-latency-cached', 'cached', 0.3, ['cache=~"hit|stale"']),
  summaryLatency('summary-latency-uncached', 'uncached', 1, ['cache="miss"']),
  {
    id: 'queue-latency',
    endpoint: 'Event processing',
    title: 'P95 queue latency',
    objective: '< 5 s',
    periodDays: 1,
    unit: 'jobs',
    ...quickerThan(0.95, 'event_queue_latency_seconds', 5, []),
  },
  {
    id: 'freshness',
    endpoint: 'Event processing',
    title: 'P99 freshness',
    objective: '< 10 s',
    periodDays: 7,
    unit: 'jobs',
    ...quickerThan(0.99, 'event_freshness_seconds', 10, []),
  },
  {
    id: 'error-rate',
    endpoint: 'Overall',
    title: 'Error rate',
    objective: '< 0.1%',
    target: 0.999,
    periodDays: 30,
    unit: 'requests',
    valid: rateOf('http_requests_total', anyTenantRoute),
    bad: rateOf('http_requests_total', [...anyTenantRoute, 'status=~"5.."']),
  },
];

/** What is promised of accepted events: no share of them, so it has no budget. The ledger counts. */
export const durability = {
  endpoint: 'Accepted events',
  title: 'Durability',
  objective: '0 lost',
} as const;

/** What may fail: 1 minus the target, free of the dust of binary fractions. */
export function budgetOf({ target }: Objective): number {
  return Number((1 - target).toFixed(9));
}

/**
 * Bad is what failed by our fault. What a tenant did wrong is not valid at all: a flood of 4xx must
 * neither burn the budget nor dilute an outage.
 */
function availability(id: string, endpoint: string, route: string[]): Objective {
  return {
    id,
    endpoint,
    title: 'Availability',
    objective: '99.9%',
    target: 0.999,
    periodDays: 30,
    unit: 'requests',
    valid: rateOf('http_requests_total', [...route, 'fault!="tenant"']),
    bad: rateOf('http_requests_total', [...route, 'fault="system"']),
  };
}

function summaryLatency(
  id: string,
  kind: string,
  boundSeconds: number,
  matchers: string[],
): Objective {
  return {
    id,
    endpoint: 'GET /accounts/:id/summary',
    title: `P99 latency, ${kind}`,
    objective: boundSeconds < 1 ? `< ${boundSeconds * 1_000} ms` : `< ${boundSeconds} s`,
    periodDays: 7,
    unit: 'summaries',
    ...quickerThan(0.99, 'summary_duration_seconds', boundSeconds, matchers),
  };
}

/**
 * @param target the share that is promised to be quicker
 * @param boundSeconds must be the bound of a bucket
 */
function quickerThan(
  target: number,
  histogram: string,
  boundSeconds: number,
  matchers: string[],
): Pick<Objective, 'target' | 'valid' | 'bad' | 'percentile'> {
  // Since version 3 Prometheus writes the bound 1 as 1.0.
  const le = Number.isInteger(boundSeconds)
    ? `le=~"${boundSeconds}([.]0)?"`
    : `le="${boundSeconds}"`;
  const valid = rateOf(`${histogram}_count`, matchers);
  const quick = rateOf(`${histogram}_bucket`, [...matchers, le]);
  return {
    target,
    valid,
    percentile: (scope, window) =>
      `histogram_quantile(${target}, sum by (le) (increase(${select(scope, `${histogram}_bucket`, ...matchers)}[${window}])))`,
    bad: (...how) => `${valid(...how)} - ${quick(...how)}`,
  };
}

function rateOf(name: string, matchers: readonly string[]): Rate {
  return (scope, window, by) =>
    `sum${by === undefined ? '' : ` by (${by}) `}(rate(${select(scope, name, ...matchers)}[${window}]))`;
}
