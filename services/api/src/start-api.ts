import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ShardMap } from '@event-platform/shared/database/shards';
import { runShutdown } from '@event-platform/shared/platform/lifecycle';
import type { Logger } from '@event-platform/shared/platform/logger';
import { startOpsServer, type OpsRoutes } from '@event-platform/shared/platform/ops-server';
import type { RunningService } from '@event-platform/shared/platform/run-service';
import { buildApp } from './build-app.ts';
import { buildProtection } from './build-protection.ts';
import type { ApiConfig } from './config.ts';
import { connect } from './connect.ts';
import { answerClientErrors } from './http/client-error.ts';
import { registerQueueMetrics } from './ops/queue-metrics.ts';
import { Readiness } from './ops/readiness.ts';

/** Connects everything and listens. Starts also while Redis or PostgreSQL is away. */
export async function startApi(config: ApiConfig, logger: Logger): Promise<RunningService> {
  const connections = connect(config, logger);
  const { redis, queue, keys, shards, directShards, registry } = connections;
  const protection = buildProtection(config, connections, logger);
  await protection.start();
  registerQueueMetrics({
    registry,
    redis,
    queue,
    keys,
    memory: protection.memory,
    now: Date.now,
  });
  const readiness = new Readiness({ redis, postgres: shards.directory, now: Date.now });
  const ops: OpsRoutes = {
    live: () => readiness.live(),
    ready: () => readiness.ready(),
    registry,
  };
  const server = createServer(
    {
      // Both are looked at once a second; Node's own 60 s and 300 s let a slow client hold a socket.
      headersTimeout: config.BODY_TIMEOUT_MS,
      requestTimeout: config.REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    buildApp(config, connections, protection, ops, logger),
  );
  answerClientErrors(server);
  await listen(server, config.PORT, config.HOST);
  const opsServer =
    config.OPS_PORT === undefined
      ? undefined
      : await startOpsServer(config.OPS_PORT, config.HOST, ops);

  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      runShutdown(
        [
          { name: 'turn unready', run: () => readiness.startDraining() },
          { name: 'let load balancers notice', run: () => sleep(config.SHUTDOWN_DELAY_MS) },
          { name: 'answer what is open', run: () => closeServer(server) },
          { name: 'stop watching', run: () => protection.stop() },
          { name: 'close the queue', run: () => queue.close() },
          { name: 'close Redis', run: () => redis.disconnect() },
          { name: 'close PostgreSQL', run: () => closeAll(shards, directShards) },
          { name: 'close the operational port', run: () => opsServer && closeServer(opsServer) },
        ],
        config.SHUTDOWN_DEADLINE_MS,
        logger,
      ),
  };
}

async function closeAll(...maps: ShardMap[]): Promise<void> {
  await Promise.all(maps.map((map) => map.close()));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
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
