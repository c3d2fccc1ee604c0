import { sendEvents } from '@event-platform/api/routes/send-events';
import { leastFailures } from '@event-platform/cli/slo/burn-rate';
import { routeMatchers, routeTitle } from '@event-platform/cli/slo/route-matchers';
import type { Alert } from '../model/rule.ts';
import { select, type Scope } from '@event-platform/cli/slo/scope';

/** Five alerts whose names and conditions are fixed: dashboards and people refer to them by name. */
export function designAlerts(scope: Scope): Alert[] {
  const availability = 'slo=~".*-availability"';
  const ingested = select(
    scope,
    'http_request_duration_seconds_bucket',
    ...routeMatchers(sendEvents),
    'status=~"2.."',
  );
  const errors = (kind: string) => select(scope, `slo:${kind}:rate2m`, 'slo="error-rate"');
  return [
    {
      name: 'SLOBreachImminent',
      severity: 'warning',
      condition: `burn rate > 2 (over 30m) for 1 hour, and at least ${leastFailures} failures in that hour`,
      expr:
        `${select(scope, 'slo:burn_rate:ratio30m')} > 2` +
        ` and ${select(scope, 'slo:bad:count1h')} >= ${leastFailures}`,
      for: '1h',
      summary:
        '{{ $labels.slo }} has burned its error budget at {{ $value | humanize }} times the allowed rate for an hour',
      description:
        'The budget will be gone before half of its period. Notify on-call; investigate.',
    },
    {
      name: 'SLOBreached',
      severity: 'critical',
      condition: `availability < 99.9% over 30 days, and at least ${leastFailures} failures`,
      expr:
        `${select(scope, 'slo:burn_rate:ratio30d', availability)} > 1` +
        ` and ${select(scope, 'slo:bad:count30d', availability)} >= ${leastFailures}`,
      summary:
        '{{ $labels.slo }}: {{ $value | humanize }} times the error budget of 30 days is used',
      description: 'The promise to customers is broken. Incident; notify stakeholders.',
    },
    {
      name: 'HighLatency',
      severity: 'warning',
      condition: `P99 of ${routeTitle(sendEvents)} > 500 ms for 5 minutes`,
      expr: `histogram_quantile(0.99, sum by (le) (rate(${ingested}[2m]))) > 0.5`,
      for: '5m',
      summary: `P99 of ${routeTitle(sendEvents)} is {{ $value | humanizeDuration }}`,
      description: 'Tenants wait too long for their 202. Investigate; check PostgreSQL and Redis.',
    },
    {
      name: 'QueueBackingUp',
      severity: 'warning',
      condition: 'more than 10,000 jobs waiting for 5 minutes',
      expr: `max by (queue) (${select(scope, 'bullmq_queue_waiting')}) > 10000`,
      for: '5m',
      summary: '{{ $value | humanize }} jobs wait in queue {{ $labels.queue }}',
      description: 'Workers do not keep up. Scale workers; check for stuck jobs.',
    },
    {
      name: 'ErrorSpike',
      severity: 'critical',
      condition: 'more than 1% of requests answered with 5xx for 5 minutes',
      expr: `${errors('bad')} / ${errors('valid')} > 0.01`,
      for: '5m',
      summary: '{{ $value | humanizePercentage }} of all requests fail with 5xx',
      description: 'Tenants see errors now. Incident response.',
    },
  ];
}
