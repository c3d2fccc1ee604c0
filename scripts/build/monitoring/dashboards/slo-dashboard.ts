import { sendEvents } from '@event-platform/api/routes/send-events';
import {
  routeMatchers,
  routeTitle,
  tenantRoutesMatcher,
} from '@event-platform/cli/slo/route-matchers';
import type { DashboardSpec, PanelSpec, ThresholdStep } from './dashboard-spec.ts';
import { burnActions } from '../model/burn-actions.ts';
import { of, percentiles, rateBy } from './series-of-dashboards.ts';

const availability = 'slo=~".*-availability"';
const errors = 'slo="error-rate"';

/** The burn rates of the table in docs/slo.md, each with its colour. */
const burnSteps: ThresholdStep[] = burnActions.map(({ above, color }) => ({
  from: above === 0 ? null : above,
  color,
}));

const budgetPanels: readonly PanelSpec[] = [
  {
    title: 'Availability (30 days)',
    description: 'Share of requests that did not fail by our fault, against 99.9%.',
    kind: 'gauge',
    unit: 'percentunit',
    min: 0.99,
    max: 1,
    thresholds: [
      { from: null, color: 'red' },
      { from: 0.999, color: 'green' },
    ],
    queries: [
      {
        expr: `1 - ${of('slo:bad:count30d', availability)} / (${of('slo:valid:count30d', availability)} > 0)`,
        legend: '{{slo}}',
      },
    ],
  },
  {
    title: 'Error rate',
    description: 'Share of requests answered with 5xx in the last two minutes, against 0.1%.',
    kind: 'stat',
    unit: 'percentunit',
    thresholds: [
      { from: null, color: 'green' },
      { from: 0.001, color: 'orange' },
      { from: 0.01, color: 'red' },
    ],
    queries: [
      {
        expr: `${of('slo:bad:rate2m', errors)} / ${of('slo:valid:rate2m', errors)}`,
        legend: 'error rate',
      },
    ],
  },
  {
    title: 'Error budget remaining',
    description: 'What is left in each objective’s own period; below 0 the promise is broken.',
    kind: 'stat',
    unit: 'percentunit',
    thresholds: [
      { from: null, color: 'red' },
      { from: 0, color: 'orange' },
      { from: 0.25, color: 'green' },
    ],
    queries: [{ expr: of('slo:error_budget_remaining:ratio'), legend: '{{slo}}' }],
  },
];

const rightNowPanels: readonly PanelSpec[] = [
  {
    title: 'Burn rate (1 hour)',
    description: burnActions
      .map(({ range, meaning, action }) => `${range}: ${meaning}. ${action}.`)
      .join('\n\n'),
    kind: 'lines',
    unit: 'short',
    min: 0,
    columns: 12,
    thresholds: burnSteps,
    queries: [{ expr: of('slo:burn_rate:ratio1h'), legend: '{{slo}}' }],
  },
  {
    title: 'Requests by outcome',
    description: 'Of the tenants’ routes, by whose fault a failure is.',
    kind: 'lines',
    unit: 'reqps',
    columns: 12,
    isStacked: true,
    queries: [
      {
        expr: rateBy('fault', 'http_requests_total', tenantRoutesMatcher),
        legend: 'fault: {{fault}}',
      },
    ],
  },
  {
    title: `Latency of ${routeTitle(sendEvents)}`,
    description: 'Percentiles, against 500 ms for P99.',
    kind: 'lines',
    unit: 's',
    min: 0,
    columns: 12,
    thresholds: [
      { from: null, color: 'transparent' },
      { from: 0.5, color: 'red' },
    ],
    queries: percentiles(
      'http_request_duration_seconds',
      ...routeMatchers(sendEvents),
      'status=~"2.."',
    ),
  },
  {
    title: 'Latency of summaries',
    description:
      'P99 by where the summary came from; against 300 ms cached (hit) and 1 s uncached (miss).',
    kind: 'lines',
    unit: 's',
    min: 0,
    columns: 12,
    thresholds: [
      { from: null, color: 'transparent' },
      { from: 0.3, color: 'yellow' },
      { from: 1, color: 'red' },
    ],
    queries: [
      {
        expr: `histogram_quantile(0.99, ${rateBy('cache, le', 'summary_duration_seconds_bucket')})`,
        legend: 'P99 {{cache}}',
      },
    ],
  },
];

const processingPanels: readonly PanelSpec[] = [
  {
    title: 'Queue depth',
    description: 'Jobs that wait for a worker. More than 10,000 for 5 minutes: QueueBackingUp.',
    kind: 'lines',
    unit: 'short',
    min: 0,
    thresholds: [
      { from: null, color: 'transparent' },
      { from: 10_000, color: 'red' },
    ],
    queries: [{ expr: `max by (queue) (${of('bullmq_queue_waiting')})`, legend: '{{queue}}' }],
  },
  {
    title: 'Processing latency',
    description: 'From enqueue to completion, which is the COMMIT; against 10 s for P99.',
    kind: 'lines',
    unit: 's',
    min: 0,
    thresholds: [
      { from: null, color: 'transparent' },
      { from: 10, color: 'red' },
    ],
    queries: percentiles('event_freshness_seconds'),
  },
  {
    title: 'Queue latency',
    description: 'From enqueue to a worker’s hands; against 5 s for P95.',
    kind: 'lines',
    unit: 's',
    min: 0,
    thresholds: [
      { from: null, color: 'transparent' },
      { from: 5, color: 'red' },
    ],
    queries: percentiles('event_queue_latency_seconds'),
  },
  {
    title: 'Throughput',
    description: 'Events accepted and stored a second.',
    kind: 'lines',
    unit: 'short',
    min: 0,
    columns: 12,
    queries: [
      { expr: `sum(rate(${of('events_accepted_total')}[$__rate_interval]))`, legend: 'accepted' },
      { expr: `sum(rate(${of('events_stored_total')}[$__rate_interval]))`, legend: 'stored' },
    ],
  },
  {
    title: 'Alerts that fire',
    description: 'How many, by severity; 0 when none.',
    kind: 'lines',
    unit: 'short',
    min: 0,
    columns: 12,
    queries: [
      {
        expr: `count by (severity) (${of('ALERTS', 'alertstate="firing"')}) or vector(0)`,
        legend: '{{severity}}',
      },
    ],
  },
];

/** For Product, Business and Engineering. */
export const sloDashboard: DashboardSpec = {
  id: 'slo',
  title: 'Event platform: SLOs',
  description: 'Objectives, budgets and what burns them. docs/slo.md explains the numbers.',
  rows: [
    { title: 'Promises', panels: budgetPanels },
    { title: 'Right now', panels: rightNowPanels },
    { title: 'Processing', panels: processingPanels },
  ],
};
