import type { Alert } from '../model/rule.ts';
import { select, selectKeda, type Scope } from '@event-platform/cli/slo/scope';

/** What goes wrong inside: events that wait, die or do not add up, and blindness. */
export function platformAlerts(scope: Scope): Alert[] {
  return [...eventAlerts(scope), ...resourceAlerts(scope), ...blindnessAlerts(scope)];
}

/** Events a second that leave the queue, whatever becomes of them. */
function clearedPerSecond(scope: Scope): string {
  return ['events_stored_total', 'events_duplicate_total', 'events_dead_total']
    .map((name) => `(sum(rate(${select(scope, name, 'service="worker"')}[5m])) or vector(0))`)
    .join(' + ');
}

function eventAlerts(scope: Scope): Alert[] {
  const dead = select(scope, 'events_dead_total');
  const max = (name: string) => `max(${select(scope, name)})`;
  return [
    {
      name: 'DeadLetters',
      severity: 'warning',
      condition: 'an event became a dead letter within 15 minutes',
      // A counter is born with its first dead event, which `increase` cannot see.
      expr:
        `sum by (reason) (increase(${dead}[15m])) > 0` +
        ` or sum by (reason) (${dead} unless ${dead} offset 15m) > 0`,
      summary: '{{ $value | humanize }} events were dead-lettered ({{ $labels.reason }})',
      description: 'Accepted events were not stored. They are kept whole and can be replayed.',
    },
    {
      name: 'QueueAge',
      severity: 'warning',
      condition:
        'the next job in turn, or one in a worker’s hands, is older than 2 minutes, or any accepted event older than 15, for 1 minute',
      expr:
        `${max('bullmq_oldest_job_age_seconds')} > 120` +
        ` or ${max('worker_oldest_held_job_seconds')} > 120` +
        ` or ${max('ledger_oldest_pending_seconds')} > 900`,
      for: '1m',
      summary: 'Accepted events have waited for {{ $value | humanizeDuration }}',
      description: 'Summaries are out of date by as much. Nothing is lost.',
    },
    {
      name: 'BacklogHigh',
      severity: 'warning',
      condition:
        'the events that wait fill more than half of QUEUE_MAX_PENDING_EVENTS for 2 minutes',
      expr: `${max('queue_pending_ratio')} > 0.5`,
      for: '2m',
      summary: 'The backlog fills {{ $value | humanizePercentage }} of what may wait',
      description: 'At 100% the api refuses events with 503 until workers have made room.',
    },
    {
      name: 'BacklogSlow',
      severity: 'warning',
      condition:
        'the events that wait need more than 5 minutes at the pace of the workers, for 2 minutes',
      expr: `${max('queue_pending_events')} / (${clearedPerSecond(scope)}) > 300`,
      for: '2m',
      summary: 'The backlog needs {{ $value | humanizeDuration }} at the pace of the workers',
      description: 'Workers do not keep up: summaries are late by about as much.',
    },
    {
      name: 'QueueStalled',
      severity: 'critical',
      condition:
        'jobs have waited for a minute, no worker has taken one, and the queue is not paused, for 30 seconds',
      // By the api's own view of the queue: it holds too where neither KEDA nor a worker is scraped.
      expr:
        `max(${select(scope, 'queue_stalled_seconds')}) > 60` +
        ` unless on () max(${select(scope, 'bullmq_queue_paused')}) == 1`,
      for: '30s',
      summary: 'No worker has taken a job for {{ $value | humanizeDuration }} though jobs wait',
      description: 'No worker runs, or none can work: events are accepted and not stored.',
    },
    {
      name: 'NewerJobsWaiting',
      severity: 'warning',
      condition:
        'workers give back jobs of a format that only a newer version reads, for 5 minutes',
      // Each job comes back within half a minute, so a rollout that goes on is longer silent than this.
      expr: `sum by (format) (increase(${select(scope, 'jobs_returned_total')}[2m])) > 0`,
      for: '5m',
      summary: 'Jobs of format {{ $labels.format }} wait for workers that read it',
      description: 'Their events are accepted and not stored until a worker of that version runs.',
    },
    {
      name: 'LedgerImbalance',
      severity: 'critical',
      condition: 'accepted events do not equal stored + duplicates + dead + pending, for 2 minutes',
      expr: `max by (kind) (${select(scope, 'ledger_imbalance_events')}) > 0`,
      for: '2m',
      summary: '{{ $value | humanize }} events are {{ $labels.kind }} in the ledger',
      description:
        'An accepted event may be lost, or was counted twice. Keep Redis and the logs as they are.',
    },
  ];
}

function resourceAlerts(scope: Scope): Alert[] {
  const toast = select(scope, 'database_table_bytes', 'part="toast"', 'table=~"events_p.*"');
  return [
    {
      name: 'IngestDirect',
      severity: 'critical',
      condition: 'the queue accepts no events for 2 minutes, even if Redis answers',
      expr: `sum by (reason) (rate(${select(scope, 'ingest_direct_total')}[2m])) > 0`,
      for: '2m',
      summary: 'Events go past the queue ({{ $labels.reason }})',
      description: 'They are written to PostgreSQL directly, a few at a time; the rest gets a 503.',
    },
    {
      name: 'LimiterFailingOver',
      severity: 'warning',
      condition: 'the api limits accounts from its own memory for 2 minutes',
      expr: `sum(rate(${select(scope, 'limiter_failovers_total')}[2m])) > 0`,
      for: '2m',
      summary: '{{ $value | humanize }} decisions a second are taken without Redis',
      description: 'Limits hold per process only, and events are written to PostgreSQL directly.',
    },
    {
      name: 'RedisMemoryHigh',
      severity: 'warning',
      condition: 'Redis uses more than 60% of its memory for 5 minutes',
      expr: `max(${select(scope, 'redis_memory_used_ratio')}) > 0.6`,
      for: '5m',
      summary: 'Redis uses {{ $value | humanizePercentage }} of its memory',
      description: 'Above REDIS_MEMORY_PERCENT (70) the api refuses events with 503.',
    },
    {
      name: 'PartitionToastLarge',
      severity: 'warning',
      condition: 'the TOAST of one partition is larger than 1 TiB for 15 minutes',
      // At 1 KiB a value this is a quarter of the 2^32 numbers that one TOAST table can give out.
      expr: `max by (shard, table) (${toast}) > ${2 ** 40}`,
      for: '15m',
      summary:
        'TOAST of {{ $labels.table }} on shard {{ $labels.shard }} is {{ $value | humanize1024 }}B',
      description:
        'Long before a TOAST table is full, inserts slow down looking for a free number.',
    },
    {
      name: 'RedisDown',
      severity: 'critical',
      condition: 'no api process reaches Redis for 1 minute',
      expr: `max(${select(scope, 'redis_up')}) == 0`,
      for: '1m',
      summary: 'Redis is down',
      description: 'Events are written to PostgreSQL directly, a few at a time; workers wait.',
    },
    {
      name: 'PostgreSQLDown',
      severity: 'critical',
      condition: 'no api process reaches a shard for 1 minute',
      expr: `max by (shard) (${select(scope, 'postgres_up')}) == 0`,
      for: '1m',
      summary: 'PostgreSQL is down (shard {{ $labels.shard }})',
      description: 'Events are accepted and wait in the queue; summaries are stale or refused.',
    },
  ];
}

function blindnessAlerts(scope: Scope): Alert[] {
  // With a formula KEDA 2.20 counts a failed poll under the ScaledObject alone: `getScalerState` writes the
  // error over before it counts it for the trigger.
  const failed = ['keda_scaled_object_errors_total', 'keda_scaler_detail_errors_total']
    .flatMap((name) => selectKeda(scope, name))
    .map((series) => `sum by (scaledObject) (increase(${series}[2m])) > 0`)
    .join(' or ');
  const leader = select(scope, 'maintainer_leader');
  return [
    {
      name: 'MaintainerMissing',
      severity: 'warning',
      condition: 'no maintainer leads, or none was scraped, for 10 minutes',
      expr: `max(${leader}) == 0 or absent(${leader})`,
      for: '10m',
      summary: 'No maintainer leads',
      description:
        'The ledger is not reconciled, and other work that no request waits for stands still. No event is lost.',
    },
    {
      name: 'ScalerBlind',
      severity: 'critical',
      condition: 'KEDA fails to read the backlog for 2 minutes',
      expr: failed,
      for: '2m',
      summary: 'KEDA cannot read the backlog of {{ $labels.scaledObject }}',
      description: 'Workers are not scaled: their number stays, at zero too.',
    },
    {
      name: 'LedgerBlind',
      severity: 'warning',
      condition: 'the ledger of a shard was not audited with the queue for 5 minutes',
      expr: `min by (shard) (${select(scope, 'ledger_audit_age_seconds')}) > 300`,
      summary:
        'The ledger of shard {{ $labels.shard }} was last audited {{ $value | humanizeDuration }} ago',
      description: 'A loss would go unnoticed until it can be audited again.',
    },
    {
      name: 'MetricsMissing',
      severity: 'critical',
      condition: 'no api was scraped for 5 minutes',
      expr: `absent(${select(scope, 'process_start_time_seconds', 'service="api"')})`,
      for: '5m',
      summary: 'Prometheus sees no api',
      description: 'Every other alert is silent now, whatever happens.',
    },
  ];
}
