import { sendEvents } from '@event-platform/api/routes/send-events';
import {
  routeMatchers,
  routeTitle,
  tenantRoutesMatcher,
} from '@event-platform/cli/slo/route-matchers';
import type { DashboardSpec } from './dashboard-spec.ts';
import { of, rateBy } from './series-of-dashboards.ts';

/** What each tenant sends, which tenants are limited, and whether others are slowed down by it. */
export const tenantsDashboard: DashboardSpec = {
  id: 'tenants',
  title: 'Event platform: tenants and fairness',
  description:
    'Load by account, limits, and what each class of accounts gets. Rare accounts are `other`.',
  rows: [
    {
      title: 'Load',
      panels: [
        {
          title: 'Events stored, ten largest accounts',
          description: 'First storings a second; duplicates do not count.',
          kind: 'lines',
          unit: 'short',
          isStacked: true,
          columns: 12,
          queries: [
            {
              expr: `topk(10, ${rateBy('account_id', 'events_ingested_total')})`,
              legend: '{{account_id}}',
            },
          ],
        },
        {
          title: 'Events stored, ten largest types',
          description: 'First storings a second.',
          kind: 'lines',
          unit: 'short',
          isStacked: true,
          columns: 12,
          queries: [
            { expr: `topk(10, ${rateBy('type', 'events_ingested_total')})`, legend: '{{type}}' },
          ],
        },
        {
          title: 'Share of the largest account',
          description:
            'Near 1 one tenant has the workers to itself; others are not slower for it (ADR 3).',
          kind: 'stat',
          unit: 'percentunit',
          queries: [
            {
              expr:
                `max(sum by (account_id) (rate(${of('events_ingested_total')}[5m])))` +
                ` / (sum(rate(${of('events_ingested_total')}[5m])) > 0)`,
              legend: 'largest account',
            },
          ],
        },
        {
          title: 'Events that wait',
          description: 'Accepted and neither stored nor dead, of all accounts.',
          kind: 'lines',
          unit: 'short',
          min: 0,
          queries: [{ expr: `max(${of('queue_pending_events')})`, legend: 'pending' }],
        },
        {
          title: 'Age of the next job in turn',
          description:
            'In fair order a quiet account’s job is next soon, whatever a flooding one has waiting.',
          kind: 'lines',
          unit: 's',
          min: 0,
          queries: [
            { expr: `max(${of('bullmq_oldest_job_age_seconds')})`, legend: 'next in turn' },
          ],
        },
      ],
    },
    {
      title: 'Limits',
      panels: [
        {
          title: 'Decisions of the limiter',
          description: 'By decision, for each account in a request.',
          kind: 'lines',
          unit: 'short',
          isStacked: true,
          queries: [
            { expr: rateBy('decision', 'limiter_decisions_total'), legend: '{{decision}}' },
          ],
        },
        {
          title: 'Events rejected',
          description: 'By code and whose fault it is; docs/contract.md explains the codes.',
          kind: 'lines',
          unit: 'short',
          isStacked: true,
          queries: [
            {
              expr: rateBy('code, fault', 'events_rejected_total'),
              legend: '{{code}} ({{fault}})',
            },
          ],
        },
        {
          title: 'Decisions without Redis',
          description: 'Above 0 the limits hold per process only: LimiterFailingOver.',
          kind: 'lines',
          unit: 'short',
          min: 0,
          queries: [
            {
              expr: `sum(rate(${of('limiter_failovers_total')}[$__rate_interval]))`,
              legend: 'from memory',
            },
          ],
        },
      ],
    },
    {
      title: 'By class of account (weight above 1: raised, below: lowered)',
      panels: [
        {
          title: 'Requests',
          description: 'Of the tenants’ routes.',
          kind: 'lines',
          unit: 'reqps',
          columns: 12,
          queries: [
            {
              expr: rateBy('account_class', 'http_requests_total', tenantRoutesMatcher),
              legend: '{{account_class}}',
            },
          ],
        },
        {
          title: 'Availability',
          description:
            'Share of requests that did not fail by our fault; what tenants did wrong is left out.',
          kind: 'lines',
          unit: 'percentunit',
          max: 1,
          columns: 12,
          queries: [
            {
              expr:
                rateBy(
                  'account_class',
                  'http_requests_total',
                  tenantRoutesMatcher,
                  'fault="none"',
                ) +
                ` / ${rateBy('account_class', 'http_requests_total', tenantRoutesMatcher, 'fault!="tenant"')}`,
              legend: '{{account_class}}',
            },
          ],
        },
        {
          title: `P99 latency of ${routeTitle(sendEvents)}`,
          description: 'Of requests that were answered with 2xx. The objective is 500 ms for all.',
          kind: 'lines',
          unit: 's',
          columns: 12,
          queries: [
            {
              expr: `histogram_quantile(0.99, ${rateBy('account_class, le', 'http_request_duration_seconds_bucket', ...routeMatchers(sendEvents), 'status=~"2.."')})`,
              legend: '{{account_class}}',
            },
          ],
        },
        {
          title: 'P99 latency of summaries',
          description: 'From the cache or not.',
          kind: 'lines',
          unit: 's',
          columns: 12,
          queries: [
            {
              expr: `histogram_quantile(0.99, ${rateBy('account_class, le', 'summary_duration_seconds_bucket')})`,
              legend: '{{account_class}}',
            },
          ],
        },
        {
          title: 'P95 queue latency',
          description: 'From enqueue to a worker’s hands. The objective is 5 s for all.',
          kind: 'lines',
          unit: 's',
          columns: 12,
          queries: [
            {
              expr: `histogram_quantile(0.95, ${rateBy('account_class, le', 'event_queue_latency_seconds_bucket')})`,
              legend: '{{account_class}}',
            },
          ],
        },
        {
          title: 'P99 freshness',
          description: 'From enqueue to COMMIT. The objective is 10 s for all.',
          kind: 'lines',
          unit: 's',
          columns: 12,
          queries: [
            {
              expr: `histogram_quantile(0.99, ${rateBy('account_class, le', 'event_freshness_seconds_bucket')})`,
              legend: '{{account_class}}',
            },
          ],
        },
      ],
    },
  ],
};
