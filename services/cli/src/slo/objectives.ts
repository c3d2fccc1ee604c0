import type { LatencyObjective, Route } from '@event-platform/api/http/route';
import { routes } from '@event-platform/api/routes/catalogue';
import { routeMatchers, routeTitle, tenantRoutesMatcher } from './route-matchers.ts';
import { select, type Scope } from './scope.ts';

/** Writes a rate as PromQL. */
type Rate = (scope: Scope, window: string, by?: 'account_class') => string;

/** One service level objective. Its indicator is the share of good among the valid. */
export interface Objective {
  /** Value of the label `slo`. */
  id: string;
  endpoint: string;
  title: string;
  /** The target in words. */
  objective: string;
  /** Target share of good ones; the rest is the error budget. */
  target: number;
  periodDays: number;
  /** What is counted, in words. */
  unit: string;
  /** PromQL: how many valid ones a second, over the window; in all, or by a label. */
  valid: Rate;
  /** PromQL: how many bad ones a second; may be empty while there are none. */
  bad: Rate;
  /** PromQL of the percentile, in seconds; absent where the objective is a share. */
  percentile?: (scope: Scope, window: string) => string;
}

/**
 * Every objective: those of the routes (api/routes), and those of what happens behind them. A percentile below
 * a bound is the same as that share of observations below the bound, and only so has a budget.
 */
export const objectives: readonly Objective[] = [
  ...routes.flatMap(objectivesOf),
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
    valid: rateOf('http_requests_total', [tenantRoutesMatcher]),
    bad: rateOf('http_requests_total', [tenantRoutesMatcher, 'status=~"5.."']),
  },
];

/** The objective of accepted events: none is lost, so there is no budget. The ledger counts. */
export const durability = {
  endpoint: 'Accepted events',
  title: 'Durability',
  objective: '0 lost',
} as const;

/** What may fail: 1 minus the target, free of the dust of binary fractions. */
export function budgetOf({ target }: Objective): number {
  return Number((1 - target).toFixed(9));
}

function objectivesOf(route: Route): Objective[] {
  const { objective } = route;
  if (!objective) return [];
  const { name, availability: target, latencies } = objective;
  return [
    availability(`${name}-availability`, route, target),
    ...latencies.map((latency) => latencyOf(route, latency)),
  ];
}

/**
 * Bad is what failed by the system's fault. What a tenant did wrong is not valid at all: a flood of 4xx must
 * neither burn the budget nor dilute an outage.
 */
function availability(id: string, route: Route, target: number): Objective {
  const matchers = routeMatchers(route);
  return {
    id,
    endpoint: routeTitle(route),
    title: 'Availability',
    objective: `${Number((100 * target).toFixed(4))}%`,
    target,
    periodDays: 30,
    unit: 'requests',
    valid: rateOf('http_requests_total', [...matchers, 'fault!="tenant"']),
    bad: rateOf('http_requests_total', [...matchers, 'fault="system"']),
  };
}

function latencyOf(
  route: Route,
  { id, title, unit, boundSeconds, histogram, matchers }: LatencyObjective,
): Objective {
  return {
    id,
    endpoint: routeTitle(route),
    title,
    objective: boundSeconds < 1 ? `< ${boundSeconds * 1_000} ms` : `< ${boundSeconds} s`,
    periodDays: 7,
    unit,
    ...quickerThan(0.99, histogram, boundSeconds, matchers),
  };
}

/**
 * @param target the target share that is quicker
 * @param boundSeconds must be the bound of a bucket
 */
function quickerThan(
  target: number,
  histogram: string,
  boundSeconds: number,
  matchers: readonly string[],
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
