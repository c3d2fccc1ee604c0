import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { queueKeys } from '@event-platform/shared/contracts/queue';
import { createShardMap, parseShardSettings } from '@event-platform/shared/database/shards';
import { runShutdown } from '@event-platform/shared/platform/lifecycle';
import type { Logger } from '@event-platform/shared/platform/logger';
import { createRegistry } from '@event-platform/shared/platform/metrics';
import type { RunningService } from '@event-platform/shared/platform/run-service';
import { createPool } from '@event-platform/shared/platform/postgres';
import { createRequestRedis } from '@event-platform/shared/platform/redis';
import { TextQueue } from '@event-platform/shared/queue/text-job';
import { createAuthenticate } from './access/authenticate.ts';
import { KeyCache } from './access/key-cache.ts';
import { createApp } from './app.ts';
import type { ApiConfig } from './config.ts';
import { createAcceptGroup } from './ingest/accept-groups.ts';
import { createDirectStore } from './ingest/direct-store.ts';
import { createIngestMetrics } from './ingest/ingest-metrics.ts';
import { createIngestRoute } from './ingest/ingest-route.ts';
import { JobDesk } from './ingest/job-desk.ts';
import { createAccountGate } from './limit/account-gate.ts';
import { AccountPolicies } from './limit/account-policies.ts';
import { AdmissionDesk } from './limit/admission.ts';
import { createIpGuard } from './limit/ip-guard.ts';
import { RedisMemory } from './limit/redis-memory.ts';

// TEMP skeleton, completed with query/ and ops/
export async function startApi(config: ApiConfig, logger: Logger): Promise<RunningService> {
  const keys = queueKeys(config.REDIS_PREFIX, config.QUEUE_NAME);
  const shards = createShardMap(
    parseShardSettings(config.DATABASE_SHARDS, config.DATABASE_URL),
    config.DATABASE_URL,
    (url) =>
      createPool(
        {
          url,
          max: config.QUERY_CONNECTIONS + config.DIRECT_WRITERS,
          statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
          applicationName: 'event-platform-api',
        },
        logger,
      ),
  );
  const redis = createRequestRedis(config.REDIS_URL, config.REDIS_TIMEOUT_MS, logger);
  const registry = createRegistry('api');
  const queue = new TextQueue(config.QUEUE_NAME, {
    connection: redis,
    prefix: config.REDIS_PREFIX,
  });
  queue.on('error', (error) => logger.debug({ err: error }, 'the queue reports an error'));
  const policies = new AccountPolicies(
    shards.directory,
    {
      eventsPerMinute: config.ACCOUNT_EVENTS_PER_MINUTE,
      maxPending: config.ACCOUNT_MAX_PENDING_EVENTS,
      weight: 1,
    },
    logger,
  );
  await policies.start();
  const memory = new RedisMemory(redis, config.REDIS_MEMORY_PERCENT);
  memory.start();
  const desk = new AdmissionDesk({
    redis,
    keys,
    windowMs: 60_000,
    maxPendingInAll: config.QUEUE_MAX_PENDING_EVENTS,
    tagUnit: 16,
    maxPriority: 2_000_000,
  });
  const metrics = createIngestMetrics(registry);
  const acceptGroup = createAcceptGroup({
    askGate: createAccountGate({ desk, policies, memory, redis, replicas: config.API_REPLICAS }),
    jobDesk: new JobDesk({ queue, redis, keys, attempts: config.JOB_ATTEMPTS }),
    storeDirectly: createDirectStore({
      shards,
      writers: config.DIRECT_WRITERS,
      queue: config.DIRECT_QUEUE,
    }),
    metrics,
    logger,
  });
  const keyCache = config.AUTH === 'keys' ? new KeyCache(shards.directory, Date.now) : undefined;
  const app = createApp({
    logger,
    trustedProxies: config.TRUSTED_PROXIES,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    authenticate: (scope) => createAuthenticate(keyCache, scope),
    ipGuard: createIpGuard(config.IP_REQUESTS_PER_MINUTE),
    countRequests: (_q, _s, next) => next(),
    ingest: createIngestRoute({
      acceptGroup,
      metrics,
      limits: {
        bodyBytes: config.BODY_BYTES,
        inflatedBytes: config.INFLATED_BYTES,
        eventsPerRequest: config.EVENTS_PER_REQUEST,
        metadataBytes: config.METADATA_BYTES,
        metadataDepth: 16,
        futureMs: 86_400_000,
      },
      bodyTimeoutMs: config.BODY_TIMEOUT_MS,
      now: Date.now,
    }),
    summary: (_q, s) => void s.end(),
    receipt: (_q, s) => void s.end(),
    docs: express.Router(),
    ops: express
      .Router()
      .get('/healthz/ready', (_q, s) => void s.end('ok'))
      .get('/metrics', (_q, s) => void registry.metrics().then((m) => s.end(m))),
  });
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.PORT, config.HOST, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      runShutdown(
        [
          { name: 'wait for load balancers', run: () => sleep(config.SHUTDOWN_DELAY_MS) },
          {
            name: 'answer what is open',
            run: () =>
              new Promise<void>((resolve) => {
                server.close(() => resolve());
                server.closeIdleConnections();
              }),
          },
          {
            name: 'stop watching',
            run: async () => void (await Promise.all([policies.stop(), memory.stop()])),
          },
          { name: 'close the queue', run: () => queue.close() },
          { name: 'close Redis', run: () => redis.disconnect() },
          { name: 'close PostgreSQL', run: () => shards.close() },
        ],
        config.SHUTDOWN_DEADLINE_MS,
        logger,
      ),
  };
}
