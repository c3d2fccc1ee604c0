import type { AlertCase } from './alert-case.ts';
import { recorded } from './recorded.ts';
import { counter, gauge, type Series } from './series.ts';

const dead = (reason: string) => `events_dead_total{service="worker", reason="${reason}"}`;
const returned = 'jobs_returned_total{service="worker", format="4"}';
const toast = 'database_table_bytes{service="api", shard="main", table="events_p3", part="toast"}';

/** The same gauge of two api processes: well above or below in both, then health. */
function gauges(name: string, first: number, second: number, health: number): Series {
  return {
    [`${name}{service="api", instance="a"}`]: gauge([first, 10], [health, 20]),
    [`${name}{service="api", instance="b"}`]: gauge([second, 10], [health, 20]),
  };
}

/** What the alerts on waiting, dead and missing events do. */
export const eventCases: readonly AlertCase[] = [
  {
    alert: 'DeadLetters',
    when: 'a counter that is there grows',
    problem: { [dead('data_error')]: gauge([0, 20], [2, 40]) },
    firesAt: 30,
    fires: {
      labels: { reason: 'data_error' },
      summary: '2 events were dead-lettered (data_error)',
    },
    overAt: 40,
    justBelow: { [dead('data_error')]: gauge([2, 60]) },
  },
  {
    alert: 'DeadLetters',
    when: 'the first dead event brings its counter into being',
    problem: { [dead('attempts_exhausted')]: gauge(['stale', 20], [3, 40]) },
    firesAt: 30,
    fires: {
      labels: { reason: 'attempts_exhausted' },
      summary: '3 events were dead-lettered (attempts_exhausted)',
    },
    overAt: 40,
    justBelow: { [dead('attempts_exhausted')]: gauge(['stale', 20], [0, 40]) },
  },
  {
    alert: 'NewerJobsWaiting',
    when: 'jobs are given back for longer than a rollout',
    problem: { [returned]: counter([0, 5], [60, 10], [0, 30]) },
    silentAt: 8,
    firesAt: 13,
    fires: {
      labels: { format: '4' },
      summary: 'Jobs of format 4 wait for workers that read it',
    },
    overAt: 25,
    justBelow: { [returned]: counter([0, 5], [60, 3], [0, 40]) },
  },
  {
    alert: 'QueueAge',
    when: 'the job that is next in turn is 130 s old',
    problem: { 'bullmq_oldest_job_age_seconds{queue="events"}': gauge([130, 10], [1, 10]) },
    silentAt: 0,
    firesAt: 2,
    fires: { labels: {}, summary: 'Accepted events have waited for 2m 10s' },
    overAt: 12,
    justBelow: { 'bullmq_oldest_job_age_seconds{queue="events"}': gauge([120, 10]) },
  },
  {
    alert: 'QueueAge',
    when: 'the job that is next in turn is 130 s old, and then no process reports it any more',
    problem: { 'bullmq_oldest_job_age_seconds{queue="events"}': gauge([130, 10], ['stale', 10]) },
    firesAt: 2,
    fires: { labels: {}, summary: 'Accepted events have waited for 2m 10s' },
    overAt: 11,
    justBelow: { 'bullmq_oldest_job_age_seconds{queue="events"}': gauge([130, 1], [1, 10]) },
  },
  {
    alert: 'QueueAge',
    when: 'a job in a worker’s hands is 121 s old',
    problem: { worker_oldest_held_job_seconds: gauge([121, 10], [0, 10]) },
    silentAt: 0,
    firesAt: 2,
    fires: { labels: {}, summary: 'Accepted events have waited for 2m 1s' },
    overAt: 12,
    justBelow: { worker_oldest_held_job_seconds: gauge([120, 10]) },
  },
  {
    alert: 'QueueAge',
    when: 'an event of a flooding account is 901 s old',
    problem: { ledger_oldest_pending_seconds: gauge([901, 10], [0, 10]) },
    silentAt: 0,
    firesAt: 2,
    fires: { labels: {}, summary: 'Accepted events have waited for 15m 1s' },
    overAt: 12,
    justBelow: { ledger_oldest_pending_seconds: gauge([900, 10]) },
  },
  {
    alert: 'BacklogHigh',
    when: 'workers were frozen until the queue was full',
    problem: recorded('workers-frozen'),
    silentAt: 5,
    firesAt: 8,
    fires: { labels: {}, summary: 'The backlog fills 100% of what may wait' },
    overAt: 12,
    // The queue was paused until it was more than half full, and resumed at once.
    justBelow: recorded('workers-frozen', 630),
  },
  {
    alert: 'BacklogSlow',
    when: 'workers were frozen',
    problem: recorded('workers-frozen'),
    silentAt: 4,
    firesAt: 8,
    fires: { labels: {}, summary: 'The backlog needs +Inf at the pace of the workers' },
    overAt: 12,
    justBelow: recorded('workers-frozen', 630),
  },
  {
    alert: 'QueueStalled',
    when: 'workers were frozen',
    problem: recorded('workers-frozen'),
    silentAt: 3,
    firesAt: 5,
    fires: {
      labels: {},
      summary: 'No worker has taken a job for 2m 55s though jobs wait',
    },
    overAt: 12,
    // The queue was paused, for longer than the alert waits.
    justBelow: recorded('workers-frozen', 690),
  },
  {
    alert: 'LedgerImbalance',
    when: 'one event is missing',
    problem: {
      'ledger_imbalance_events{kind="missing"}': gauge([1, 10], [0, 10]),
      'ledger_imbalance_events{kind="excess"}': gauge([0, 20]),
    },
    silentAt: 1,
    firesAt: 3,
    fires: { labels: { kind: 'missing' }, summary: '1 events are missing in the ledger' },
    overAt: 12,
    justBelow: {
      'ledger_imbalance_events{kind="missing"}': gauge([0, 1.5], [1, 1], [0, 20]),
      'ledger_imbalance_events{kind="excess"}': gauge([0, 20]),
    },
  },
  {
    alert: 'LedgerImbalance',
    when: 'two events are in excess, and then every process is gone',
    problem: {
      'ledger_imbalance_events{kind="missing"}': gauge([0, 10], ['stale', 10]),
      'ledger_imbalance_events{kind="excess"}': gauge([2, 10], ['stale', 10]),
    },
    silentAt: 1,
    firesAt: 3,
    fires: { labels: { kind: 'excess' }, summary: '2 events are excess in the ledger' },
    overAt: 11,
    justBelow: { 'ledger_imbalance_events{kind="excess"}': gauge([0, 1.5], [2, 1], [0, 20]) },
  },
];

/** What the alerts on Redis, PostgreSQL and the limiter do. */
export const resourceCases: readonly AlertCase[] = [
  {
    alert: 'IngestDirect',
    when: 'Redis answers and refuses scripts for six minutes (recorded)',
    problem: recorded('ingest-direct'),
    silentAt: 3,
    firesAt: 7,
    fires: { labels: { reason: 'permission' }, summary: 'Events go past the queue (permission)' },
    overAt: 13,
    // One burst: visible for the window of the rule, which is shorter than its `for`.
    justBelow: {
      'ingest_direct_total{service="api", reason="permission"}': gauge([0, 5.5], [60, 14.5]),
    },
  },
  {
    alert: 'LimiterFailingOver',
    when: 'a decision a second is taken without Redis',
    problem: { 'limiter_failovers_total{service="api"}': counter([60, 10], [0, 10]) },
    silentAt: 1,
    firesAt: 4,
    fires: { labels: {}, summary: '1 decisions a second are taken without Redis' },
    overAt: 13,
    // One burst: visible for the window of the rule, which is shorter than its `for`.
    justBelow: { 'limiter_failovers_total{service="api"}': gauge([0, 2.5], [60, 17.5]) },
  },
  {
    alert: 'RedisMemoryHigh',
    when: 'Redis is at 61%',
    problem: gauges('redis_memory_used_ratio', 0.61, 0.61, 0.5),
    silentAt: 4,
    firesAt: 6,
    fires: { labels: {}, summary: 'Redis uses 61% of its memory' },
    overAt: 12,
    justBelow: gauges('redis_memory_used_ratio', 0.6, 0.6, 0.5),
  },
  {
    alert: 'PartitionToastLarge',
    when: 'one partition has 1.1 TiB of TOAST',
    problem: { [toast]: gauge([1.1 * 2 ** 40, 20], [2 ** 30, 10]) },
    silentAt: 14,
    firesAt: 16,
    fires: {
      labels: { shard: 'main', table: 'events_p3' },
      summary: 'TOAST of events_p3 on shard main is 1.1TiB',
    },
    overAt: 22,
    justBelow: { [toast]: gauge([2 ** 40, 30]) },
  },
  {
    alert: 'RedisDown',
    when: 'no api process reaches it',
    problem: gauges('redis_up', 0, 0, 1),
    silentAt: 0,
    firesAt: 2,
    fires: { labels: {}, summary: 'Redis is down' },
    overAt: 12,
    justBelow: gauges('redis_up', 0, 1, 1),
  },
  {
    alert: 'PostgreSQLDown',
    when: 'no api process reaches it, and then there is none',
    problem: { 'postgres_up{shard="main"}': gauge([0, 10], ['stale', 10]) },
    firesAt: 2,
    fires: { labels: { shard: 'main' }, summary: 'PostgreSQL is down (shard main)' },
    overAt: 11,
    justBelow: { 'postgres_up{shard="main"}': gauge([0, 1], [1, 10]) },
  },
  {
    alert: 'PostgreSQLDown',
    when: 'no api process reaches one of two shards',
    problem: {
      'postgres_up{shard="main", instance="a"}': gauge([1, 20]),
      'postgres_up{shard="second", instance="a"}': gauge([0, 10], [1, 10]),
      'postgres_up{shard="second", instance="b"}': gauge([0, 10], [1, 10]),
    },
    silentAt: 0,
    firesAt: 2,
    fires: { labels: { shard: 'second' }, summary: 'PostgreSQL is down (shard second)' },
    overAt: 12,
    justBelow: {
      'postgres_up{shard="second", instance="a"}': gauge([0, 10]),
      'postgres_up{shard="second", instance="b"}': gauge([1, 10]),
    },
  },
];

/** What the alerts on blindness do. */
export const blindnessCases: readonly AlertCase[] = [
  {
    alert: 'ScalerBlind',
    when: 'KEDA has a wrong password for more than two minutes (recorded)',
    problem: recorded('keda-wrong-password'),
    silentAt: 2,
    firesAt: 3,
    fires: {
      labels: { scaledObject: 'ep-event-platform-worker' },
      summary: 'KEDA cannot read the backlog of ep-event-platform-worker',
    },
    overAt: 6,
    // KEDA does not report this kind of blindness; QueueStalled fires then.
    justBelow: recorded('keda-other-keys'),
  },
  {
    alert: 'MaintainerMissing',
    when: 'the only maintainer is killed and comes back after 13 minutes',
    problem: recorded('maintainer-missing'),
    silentAt: 11,
    firesAt: 13,
    fires: { labels: {}, summary: 'No maintainer leads' },
    overAt: 17,
    justBelow: {
      'maintainer_leader{service="maintainer", instance="a"}': gauge([0, 20]),
      'maintainer_leader{service="maintainer", instance="b"}': gauge([1, 20]),
    },
  },
  {
    alert: 'MaintainerMissing',
    when: 'two maintainers run and neither leads',
    problem: {
      'maintainer_leader{service="maintainer", instance="a"}': gauge([0, 20]),
      'maintainer_leader{service="maintainer", instance="b"}': gauge([0, 15], [1, 5]),
    },
    silentAt: 9,
    firesAt: 11,
    fires: { labels: {}, summary: 'No maintainer leads' },
    overAt: 17,
    justBelow: { maintainer_leader: gauge([1, 20]) },
  },
  {
    alert: 'LedgerBlind',
    when: 'no process has audited one of two shards for 301 s',
    problem: {
      'ledger_audit_age_seconds{shard="main", instance="a"}': gauge([10, 20]),
      'ledger_audit_age_seconds{shard="second", instance="a"}': gauge([301, 10], [10, 10]),
      'ledger_audit_age_seconds{shard="second", instance="b"}': gauge([400, 10], [10, 10]),
    },
    firesAt: 1,
    fires: {
      labels: { shard: 'second' },
      summary: 'The ledger of shard second was last audited 5m 1s ago',
    },
    overAt: 12,
    justBelow: {
      'ledger_audit_age_seconds{shard="second", instance="a"}': gauge([300, 10]),
      'ledger_audit_age_seconds{shard="second", instance="b"}': gauge([400, 10]),
    },
  },
  {
    alert: 'MetricsMissing',
    when: 'the last api process is gone',
    problem: {
      'process_start_time_seconds{service="api"}': gauge([1, 5], ['stale', 10], [2, 10]),
      'process_start_time_seconds{service="worker"}': gauge([1, 25]),
    },
    silentAt: 9,
    firesAt: 11,
    fires: { labels: { service: 'api' }, summary: 'Prometheus sees no api' },
    overAt: 17,
    justBelow: { 'process_start_time_seconds{service="api"}': gauge([1, 25]) },
  },
];
