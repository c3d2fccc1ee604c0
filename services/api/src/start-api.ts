import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { timeout, TimeoutStrategy } from 'cockatiel';
import type { Redis } from 'ioredis';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import { SchemaWatch } from '@event-platform/core/storage/schema-watch';
import { isBlockedPort } from '@event-platform/core/platform/blocked-ports';
import { closeRedis } from '@event-platform/core/platform/close-redis';
import { runShutdown } from '@event-platform/core/platform/lifecycle';
import { listenOn } from '@event-platform/core/platform/listen';
import type { Logger } from '@event-platform/core/platform/logger';
import { startOpsServer, type OpsRoutes } from '@event-platform/core/platform/ops-server';
import { watchDatabase, watchRefusal } from '@event-platform/core/platform/redis-refusal';
import type { RunningService } from '@event-platform/core/platform/run-service';
import { buildAccess } from './build-access.ts';
import { buildApp } from './build-app.ts';
import { buildLedger } from './build-ledger.ts';
import { buildProtection } from './build-protection.ts';
import { buildWaits } from './build-waits.ts';
import type { ApiConfig } from './config/config.ts';
import { buildStatus } from './build-status.ts';
import { connect } from './config/connect.ts';
import { FormatWatch } from './ingest/format-watch.ts';
import { createHttpServer } from './http/http-server.ts';
import { DirectMode } from './ingest/direct-mode.ts';
import { registerQueueMetrics } from './ops/queue-metrics.ts';
import { Readiness } from './ops/readiness.ts';
import { RedisDurability } from './ops/redis-durability.ts';
import { registerServerMetrics } from './ops/server-metrics.ts';
import { SystemWatch } from './ops/system-watch.ts';
import { registerDeadLetterMetrics } from './ops/dead-letter-metrics.ts';
import { registerTableSizeMetrics } from './ops/table-size-metrics.ts';
import { UserRollUpWriter } from './query/user-rollup-writer.ts';

/** A PostgreSQL that hangs must not use up the time of a shutdown; what Redis has counted stays there. */
const lastWrites = timeout(3_000, TimeoutStrategy.Aggressive);

/** Connects everything and listens. Starts also while Redis or PostgreSQL is unavailable. */
export async function startApi(config: ApiConfig, logger: Logger): Promise<RunningService> {
  const connections = connect(config, logger);
  const { redis, notifications, queue, keys, shards, directShards, registry } = connections;
  const misconfigured = watchDatabase(redis);
  const watch = new SystemWatch({
    redis,
    queue,
    keys,
    databases: databasesOf(shards),
    now: Date.now,
  });
  const access = buildAccess(config, connections);
  const protection = buildProtection(config, connections, watch, logger);
  const ledger = buildLedger(connections, logger);
  const directMode = new DirectMode({ registry, logger, now: Date.now });
  const status = buildStatus(connections, watch, { protection, directMode }, logger);
  const schema = new SchemaWatch({ shards, registry, logger });
  await Promise.all([access.start(), protection.start(), watch.start(), schema.start()]);
  ledger.start();
  status.start();
  registerQueueMetrics({
    registry,
    redis,
    queue,
    keys,
    memory: protection.memory,
    maxPendingEvents: config.QUEUE_MAX_PENDING_EVENTS,
    stalledSeconds: () => watch.stalledSeconds,
    now: Date.now,
  });
  registerServerMetrics(registry, watch);
  registerTableSizeMetrics(registry, shards.all, Date.now);
  const durability = new RedisDurability({ redis, registry, logger });
  durability.start();
  registerDeadLetterMetrics(registry, shards.all, config, Date.now);
  const readiness = new Readiness({
    redis,
    redisRefusal: watchRefusal(redis),
    warnings: () => durability.warnings,
    directMode,
    postgres: shards.directory,
    schema,
    now: Date.now,
  });
  const ops: OpsRoutes = {
    live: () => readiness.live(),
    ready: () => readiness.ready(),
    registry,
  };
  const waits = buildWaits(config, connections);
  const formats = new FormatWatch({ redis, keys, registry, logger });
  formats.start();
  const writer = new UserRollUpWriter({ registry, logger, now: Date.now });
  const parts = { access, protection, ledger, status, ops, waits, formats, writer, directMode };
  const app = buildApp(config, connections, parts, logger);
  const server = createHttpServer(app, {
    headersMs: config.BODY_TIMEOUT_MS,
    requestMs: config.REQUEST_TIMEOUT_MS,
  });
  await listenOn(server, { host: config.HOST, port: config.PORT, variable: 'PORT' });
  if (isBlockedPort(config.PORT)) {
    logger.warn({ port: config.PORT }, 'browsers and fetch refuse this port: choose another PORT');
  }
  const opsServer =
    config.OPS_PORT === undefined
      ? undefined
      : await startOpsServer(config.OPS_PORT, config.HOST, ops);

  return {
    port: (server.address() as AddressInfo).port,
    misconfigured: Promise.race([misconfigured, schema.refused]),
    stop: () =>
      runShutdown(
        [
          { name: 'turn unready', run: () => readiness.startDraining() },
          { name: 'send clients elsewhere', run: () => sendElsewhere(server) },
          { name: 'let load balancers notice', run: () => sleep(config.SHUTDOWN_DELAY_MS) },
          { name: 'end the waits', run: () => waits.drain() },
          { name: 'answer what is open', run: () => closeServer(server) },
          {
            name: 'stop watching',
            async run() {
              const watchers = [access, protection, watch, schema, durability, formats, writer];
              await Promise.all(watchers.map((watcher) => watcher.stop()));
            },
          },
          {
            name: 'write the last counts',
            async run() {
              await lastWrites.execute(() => Promise.all([ledger.stop(), status.stop()]));
            },
          },
          { name: 'close the queue', run: () => queue.close() },
          { name: 'close Redis', run: () => closeAllRedis(redis, notifications.connection) },
          { name: 'close PostgreSQL', run: () => closeAll(shards, directShards) },
          { name: 'close the operational port', run: () => opsServer && closeServer(opsServer) },
        ],
        config.SHUTDOWN_DEADLINE_MS,
        logger,
      ),
  };
}

function closeAllRedis(...clients: (Redis | undefined)[]): void {
  for (const client of clients) if (client) closeRedis(client);
}

/** Every database that there is; the directory as one of its own where it is no shard. */
function databasesOf({ all, directory }: ShardMap) {
  const isShard = all.some(({ pool }) => pool === directory);
  return isShard ? all : [...all, { name: 'directory', pool: directory }];
}

async function closeAll(...maps: ShardMap[]): Promise<void> {
  await Promise.all(maps.map((map) => map.close()));
}

/**
 * Ends each connection with its next answer. A client that keeps connections open then makes a new
 * one, to another process, and does not run into the moment in which this one closes them all.
 */
function sendElsewhere(server: Server): void {
  server.prependListener('request', (_request, response) => {
    response.setHeader('Connection', 'close');
  });
}

/** Refuses new connections, answers requests in progress, and ends idle connections as they occur. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
  });
}
