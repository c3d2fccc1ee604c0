import { keyOfHeader } from '../access/key-header.ts';
import type { LatencyObjective, Route } from '../http/route.ts';

const auth = { scope: 'read', readKey: keyOfHeader } as const;

/** GET /accounts/:id/summary. */
export const readSummary = {
  id: 'readSummary',
  method: 'GET',
  path: '/accounts/:id/summary',
  auth,
  isForTenants: true,
  component: 'summaries',
  objective: {
    name: 'summary',
    availability: 0.999,
    latencies: [
      summaryLatency('cached', 0.3, 'cache=~"hit|stale"'),
      summaryLatency('uncached', 1, 'cache="miss"'),
    ],
  },
} as const satisfies Route;

/** GET /accounts/:id/events/:event_id: what became of one event. */
export const readReceipt = {
  id: 'readReceipt',
  method: 'GET',
  path: '/accounts/:id/events/:event_id',
  auth,
  isForTenants: true,
} as const satisfies Route;

function summaryLatency(kind: string, boundSeconds: number, matcher: string): LatencyObjective {
  return {
    id: `summary-latency-${kind}`,
    title: `P99 latency, ${kind}`,
    unit: 'summaries',
    boundSeconds,
    histogram: 'summary_duration_seconds',
    matchers: [matcher],
  };
}
