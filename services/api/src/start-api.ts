import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isBlockedPort } from '@event-platform/core/platform/blocked-ports';
import { closeRedis } from '@event-platform/core/platform/close-redis';
import { runShutdown } from '@event-platform/core/platform/lifecycle';
import { listenOn } from '@event-platform/core/platform/listen';
import type { Logger } from '@event-platform/core/platform/logger';
import { startOpsServer } from '@event-platform/core/platform/ops-server';
import type { RunningService } from '@event-platform/core/platform/run-service';
import { within } from '@event-platform/core/platform/within';
import { compose, type Api } from './compose.ts';
import type { ApiConfig } from './config/config.ts';
import { connect, type Connections } from './config/connect.ts';
import { createHttpServer } from './http/http-server.ts';

/** A PostgreSQL that hangs must not use up the time of a shutdown; what Redis has counted stays there. */
const lastWritesMs = 3_000;

/** Connects everything and listens. Starts also while Redis or PostgreSQL is unavailable. */
export async function startApi(config: ApiConfig, logger: Logger): Promise<RunningService> {
  const connections = connect(config, logger);
  const api = compose(config, connections, logger);
  await startAll(api.watchers);
  await startAll(api.counters);
  const server = createHttpServer(api.app, {
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
      : await startOpsServer(config.OPS_PORT, config.HOST, api.ops);
  return {
    port: (server.address() as AddressInfo).port,
    misconfigured: api.misconfigured,
    stop: () => stopApi(api, connections, { server, opsServer }, { config, logger }),
  };
}

/** Ends the api within its deadline; true when nothing was cut short. */
function stopApi(
  { readiness, waits, watchers, counters }: Api,
  { queue, redis, notifications, shards, directShards }: Connections,
  { server, opsServer }: { server: Server; opsServer: Server | undefined },
  { config, logger }: { config: ApiConfig; logger: Logger },
): Promise<boolean> {
  return runShutdown(
    [
      { name: 'turn unready', run: () => readiness.startDraining() },
      { name: 'send clients elsewhere', run: () => sendElsewhere(server) },
      { name: 'let load balancers notice', run: () => sleep(config.SHUTDOWN_DELAY_MS) },
      { name: 'end the waits', run: () => waits.drain() },
      { name: 'answer what is open', run: () => closeServer(server) },
      { name: 'stop watching', run: () => stopAll(watchers) },
      { name: 'write the last counts', run: () => within(lastWritesMs, stopAll(counters)) },
      { name: 'close the queue', run: () => queue.close() },
      { name: 'close Redis', run: () => closeAllRedis(redis, notifications.connection) },
      {
        name: 'close PostgreSQL',
        async run() {
          await Promise.all([shards.close(), directShards.close()]);
        },
      },
      { name: 'close the operational port', run: () => opsServer && closeServer(opsServer) },
    ],
    config.SHUTDOWN_DEADLINE_MS,
    logger,
  );
}

async function startAll(parts: Api['watchers']): Promise<void> {
  await Promise.all(
    parts.map(async (part) => {
      await part.start();
    }),
  );
}

async function stopAll(parts: Api['watchers']): Promise<void> {
  await Promise.all(parts.map((part) => part.stop()));
}

function closeAllRedis(...clients: (Redis | undefined)[]): void {
  for (const client of clients) if (client) closeRedis(client);
}

/**
 * Ends each connection with its next answer. A client that keeps connections open then makes a new
 * one, to another process, and is not cut off when this one closes them all.
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
