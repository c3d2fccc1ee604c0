import type { DashboardSpec, PanelSpec } from './dashboard-spec.ts';
import { of, percentiles, rateBy } from './series-of-dashboards.ts';

const writing: readonly PanelSpec[] = [
  {
    title: 'What becomes of events',
    description: 'Stored for the first time, stored before, or dead.',
    kind: 'lines',
    unit: 'short',
    isStacked: true,
    queries: [
      { expr: `sum(rate(${of('events_stored_total')}[$__rate_interval]))`, legend: 'stored' },
      { expr: `sum(rate(${of('events_duplicate_total')}[$__rate_interval]))`, legend: 'duplicate' },
      { expr: rateBy('reason', 'events_dead_total'), legend: 'dead: {{reason}}' },
    ],
  },
  {
    title: 'Time to store a batch',
    description: 'Percentiles, without the pauses while PostgreSQL is down.',
    kind: 'lines',
    unit: 's',
    min: 0,
    queries: percentiles('store_batch_duration_seconds'),
  },
  {
    title: 'Events a batch',
    description: 'Small batches under load: too few slots, or too short a wait.',
    kind: 'lines',
    unit: 'short',
    min: 0,
    queries: [
      {
        expr: `sum(rate(${of('store_batch_events_sum')}[$__rate_interval])) / sum(rate(${of('store_batch_events_count')}[$__rate_interval]))`,
        legend: 'mean',
      },
    ],
  },
  {
    title: 'Statements a batch',
    description: 'Above one: retries, or a search for poison.',
    kind: 'lines',
    unit: 'short',
    min: 0,
    queries: [
      {
        expr: `sum(rate(${of('store_statements_total')}[$__rate_interval])) / sum(rate(${of('store_batch_events_count')}[$__rate_interval]))`,
        legend: 'mean',
      },
    ],
  },
  {
    title: 'Oldest job in a worker’s hands',
    description: 'Since it was added. It grows while PostgreSQL is down: QueueAge from 2 minutes.',
    kind: 'lines',
    unit: 's',
    min: 0,
    queries: [{ expr: `max(${of('worker_oldest_held_job_seconds')})`, legend: 'oldest' }],
  },
  {
    title: 'Direct writes',
    description: 'Events on the path without the queue, while Redis is down.',
    kind: 'lines',
    unit: 'short',
    min: 0,
    queries: [{ expr: rateBy('outcome', 'direct_writes_total'), legend: '{{outcome}}' }],
  },
];

const ledger: readonly PanelSpec[] = [
  {
    title: 'Events that do not add up',
    description:
      'Of the last 24 hours: accepted against stored, duplicate, dead and pending. 0 is health.',
    kind: 'stat',
    unit: 'short',
    thresholds: [
      { from: null, color: 'green' },
      { from: 1, color: 'red' },
    ],
    queries: [{ expr: `max by (kind) (${of('ledger_imbalance_events')})`, legend: '{{kind}}' }],
  },
  {
    title: 'Age of the oldest pending event',
    description: 'By the ledger, to the minute, over all accounts.',
    kind: 'lines',
    unit: 's',
    min: 0,
    queries: [{ expr: `max(${of('ledger_oldest_pending_seconds')})`, legend: 'oldest' }],
  },
  {
    title: 'Age of the last audit',
    description: 'Above 300 s the ledger is blind: LedgerBlind.',
    kind: 'lines',
    unit: 's',
    min: 0,
    queries: [
      {
        expr: `max(min by (shard) (${of('ledger_audit_age_seconds')}))`,
        legend: 'last audit',
      },
    ],
  },
];

const servers: readonly PanelSpec[] = [
  {
    title: 'Servers that answer',
    description: '1: at least one api process reaches it.',
    kind: 'lines',
    unit: 'short',
    min: 0,
    max: 1,
    queries: [
      { expr: `max(${of('redis_up')})`, legend: 'Redis' },
      { expr: `max by (shard) (${of('postgres_up')})`, legend: 'PostgreSQL {{shard}}' },
    ],
  },
  {
    title: 'Memory of Redis',
    description: 'RedisMemoryHigh from 60%; from 70% the api refuses events.',
    kind: 'lines',
    unit: 'percentunit',
    min: 0,
    max: 1,
    thresholds: [
      { from: null, color: 'transparent' },
      { from: 0.6, color: 'orange' },
      { from: 0.7, color: 'red' },
    ],
    queries: [{ expr: `max(${of('redis_memory_used_ratio')})`, legend: 'used' }],
  },
  {
    title: 'Size by part',
    description: 'Heap, indexes and TOAST of all tables; read once a minute.',
    kind: 'lines',
    unit: 'bytes',
    isStacked: true,
    queries: [
      {
        expr: `sum by (part) (max by (shard, table, part) (${of('database_table_bytes')}))`,
        legend: '{{part}}',
      },
    ],
  },
  {
    title: 'Events by partition',
    description: 'Heap of each partition. One that outgrows the rest holds a large account.',
    kind: 'lines',
    unit: 'bytes',
    columns: 12,
    queries: [
      {
        expr: `max by (shard, table) (${of('database_table_bytes', 'part="heap"', 'table=~"events_p.*"')})`,
        legend: '{{shard}} {{table}}',
      },
    ],
  },
  {
    title: 'TOAST by partition',
    description: 'Metadata above about 2 kB lands here. PartitionToastLarge from 1 TiB.',
    kind: 'lines',
    unit: 'bytes',
    columns: 12,
    queries: [
      {
        expr: `max by (shard, table) (${of('database_table_bytes', 'part="toast"', 'table=~"events_p.*"')})`,
        legend: '{{shard}} {{table}}',
      },
    ],
  },
];

/** Are events stored, does it add up, and how much room is left? */
export const storageDashboard: DashboardSpec = {
  id: 'storage',
  title: 'Event platform: storage',
  description: 'Writing, the ledger, Redis and PostgreSQL.',
  rows: [
    { title: 'Writing', panels: writing },
    { title: 'Ledger: was anything lost?', panels: ledger },
    { title: 'Servers', panels: servers },
  ],
};
