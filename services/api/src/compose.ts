import type { Express } from 'express';
import { databasesOf } from '@event-platform/core/storage/placement/shards';
import { SchemaWatch } from '@event-platform/core/storage/schema-watch';
import type { ConfigError } from '@event-platform/core/platform/env';
import type { Logger } from '@event-platform/core/platform/logger';
import type { OpsRoutes } from '@event-platform/core/platform/ops-server';
import { watchDatabase, watchRefusal } from '@event-platform/core/platform/redis-refusal';
import { FailedKeys } from './access/failed-keys.ts';
import { KeyCache } from './access/key-cache.ts';
import { composeAdmission } from './compose-admission.ts';
import { composeApp } from './compose-app.ts';
import type { ApiConfig } from './config/config.ts';
import type { Connections } from './config/connect.ts';
import { DirectMode } from './ingest/direct-mode.ts';
import { FormatWatch } from './ingest/format-watch.ts';
import { StoredWaits } from './ingest/wait/stored-waits.ts';
import { createWaitCounter } from './ingest/wait/wait-metrics.ts';
import { registerDeadLetterMetrics } from './ops/dead-letter-metrics.ts';
import { AcceptedCounts } from './ops/ledger/accepted-counts.ts';
import { registerLedgerMetrics } from './ops/ledger/ledger-metrics.ts';
import { LedgerRuns } from './ops/ledger/ledger-runs.ts';
import { registerQueueMetrics } from './ops/queue-metrics.ts';
import { Readiness } from './ops/readiness.ts';
import { RedisDurability } from './ops/redis-durability.ts';
import { registerServerMetrics } from './ops/server-metrics.ts';
import { SystemWatch } from './ops/system-watch.ts';
import { registerTableSizeMetrics } from './ops/table-size-metrics.ts';
import { isWellNow, type Probe } from './status/evaluate-now.ts';
import { StatusBoard } from './status/status-board.ts';
import { StatusRecorder } from './status/status-recorder.ts';

/** What runs in the background from the start of the process to its end. */
interface Background {
  /** Resolves when the part can be relied on; also while Redis or PostgreSQL is unavailable. */
  start: () => Promise<void> | void;
  stop: () => Promise<void>;
}

/** The api, built and not started. */
export interface Api {
  app: Express;
  ops: OpsRoutes;
  readiness: Readiness;
  waits: StoredWaits;
  /** Resolves when a server is not as the configuration has it. */
  misconfigured: Promise<ConfigError>;
  /** What the api reads over and over. */
  watchers: readonly Background[];
  /** What it counts; the last counts are written when they stop. */
  counters: readonly Background[];
}

/** Builds every part of the api. Nothing runs until its watchers and counters are started. */
export function compose(config: ApiConfig, connections: Connections, logger: Logger): Api {
  const { redis, queue, keys, shards, registry } = connections;
  const now = Date.now;
  const misconfigured = watchDatabase(redis);
  const watch = new SystemWatch({ redis, queue, keys, databases: databasesOf(shards), now });
  const schema = new SchemaWatch({ shards, registry, logger });
  const cache = new KeyCache(shards.directory, now);
  const hasKeys = config.AUTH === 'keys';
  const failed = new FailedKeys(config.KEY_FAILURES_PER_MINUTE);
  const admission = composeAdmission(config, connections, watch, logger);
  const directMode = new DirectMode({ registry, logger, now });
  const formats = new FormatWatch({ redis, keys, registry, logger });
  const durability = new RedisDurability({ redis, registry, logger });
  const accepted = new AcceptedCounts(shards, logger, now);
  const runs = new LedgerRuns({ shards, logger, now });
  const status = composeStatus(connections, { watch, admission, directMode }, logger);
  const waits = new StoredWaits({
    notifications: connections.notifications,
    // The reads are part of ingest: slow summaries must not hold up its answers.
    shards: connections.directShards,
    count: createWaitCounter(registry),
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
  });
  const readiness = new Readiness({
    ...{ redis, directMode, schema, now, postgres: shards.directory },
    redisRefusal: watchRefusal(redis),
    warnings: () => durability.warnings,
  });
  const ops: OpsRoutes = {
    live: () => readiness.live(),
    ready: () => readiness.ready(),
    registry,
  };
  registerMetrics(config, connections, { watch, admission, runs });
  const app = composeApp(config, connections, logger, {
    ...{ admission, accepted, runs, status, ops, waits, formats, directMode },
    keys: hasKeys ? { cache, failed } : undefined,
  });
  return {
    ...{ app, ops, readiness, waits },
    misconfigured: Promise.race([misconfigured, schema.refused]),
    watchers: [
      ...(hasKeys ? [cache] : []),
      ...[admission.memory, admission.policies, watch, schema, durability, formats],
    ],
    counters: [accepted, runs, status.board, status.recorder],
  };
}

interface Watched {
  watch: SystemWatch;
  admission: ReturnType<typeof composeAdmission>;
}

function composeStatus(
  { shards: { directory } }: Connections,
  { watch, admission, directMode }: Watched & { directMode: DirectMode },
  logger: Logger,
): { board: StatusBoard; recorder: StatusRecorder } {
  const now = Date.now;
  const readProbe = (): Probe => ({
    isRedisUp: watch.isRedisUp,
    areDatabasesUp: watch.areDatabasesUp,
    delaySeconds: watch.delaySeconds,
    isQueueFull: admission.memory.isHigh,
    isQueueTaking: directMode.current === undefined,
  });
  return {
    board: new StatusBoard({ directory, readProbe, now }),
    recorder: new StatusRecorder({
      ...{ directory, logger, now },
      readProbe: () => isWellNow(readProbe()),
    }),
  };
}

/** Metrics of what is read at scrape time. */
function registerMetrics(
  config: ApiConfig,
  { redis, queue, keys, shards, registry }: Connections,
  { watch, admission: { memory }, runs }: Watched & { runs: LedgerRuns },
): void {
  const now = Date.now;
  registerQueueMetrics({
    ...{ registry, redis, queue, keys, memory, now },
    maxPendingEvents: config.QUEUE_MAX_PENDING_EVENTS,
    stalledSeconds: () => watch.stalledSeconds,
  });
  registerServerMetrics(registry, watch);
  registerTableSizeMetrics(registry, shards.all, now);
  registerDeadLetterMetrics(registry, shards.all, config, now);
  registerLedgerMetrics(registry, runs, now);
}
