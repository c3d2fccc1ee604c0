import express, { type Express } from 'express';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import { Registry } from 'prom-client';
import type { Principal } from '@event-platform/core/storage/accounts/api-key';
import { queueKeys, type QueueKeys } from '@event-platform/core/platform/queue-names';
import { createShardMap } from '@event-platform/core/storage/placement/shards';
import { addPendingIds } from '@event-platform/testkit/harness/add-pending-ids';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { createRequestRedis } from '@event-platform/core/platform/redis';
import { PendingIds, type PendingId } from '@event-platform/core/queue/pending-ids';
import { createErrorHandler } from '../../http/problem.ts';
import { requestId } from '../../http/request-id.ts';
import { createReceiptRoute } from '../receipt-route.ts';
import { SummaryCache } from '../summary-cache.ts';
import { createSummaryRoute } from '../summary-route.ts';

export interface QueryAppOptions {
  databaseUrl: string;
  redisUrl: string;
  prefix: string;
  principal?: Principal;
  now?: () => number;
  maxWaitMs?: number;
  staleWaitMs?: number;
  redisTimeoutMs?: number;
}

/** The query routes in an app of their own, on real servers, for a fixed principal. */
export interface QueryApp {
  app: Express;
  cache: SummaryCache;
  redis: Redis;
  keys: QueueKeys;
  pendingIds: PendingIds;
  /** Notes events as waiting, as the api does before it adds their jobs. */
  addPendingIds: (job: PendingId) => Promise<void>;
  pool: pg.Pool;
  registry: Registry;
  close: () => Promise<void>;
}

const everyone: Principal = { keyId: 'test', accountId: undefined, scopes: ['read'] };

export function createQueryApp(options: QueryAppOptions): QueryApp {
  const { databaseUrl, redisUrl, prefix, principal = everyone, now = Date.now } = options;
  const { maxWaitMs = 5_000, staleWaitMs = maxWaitMs, redisTimeoutMs = 1_500 } = options;
  const logger = createLogger('test', 'silent');
  const shards = createShardMap(
    { shards: { main: databaseUrl }, accounts: {} },
    databaseUrl,
    (url) =>
      createPool({ url, max: 4, statementTimeoutMs: 10_000, applicationName: 'test' }, logger),
  );
  const redis = createRequestRedis(redisUrl, redisTimeoutMs, logger);
  const keys = queueKeys(prefix, 'events');
  const pendingIds = new PendingIds(redis, keys);
  const registry = new Registry();
  const ttlMs = 60_000;
  const cache = new SummaryCache({ redis, keys, logger, ttlMs, maxWaitMs, staleWaitMs, now });
  const app = express();
  app.set('query parser', 'simple');
  app.use(requestId, (_request, response, next) => {
    response.locals['principal'] = principal;
    next();
  });
  app.get('/accounts/:id/summary', createSummaryRoute({ cache, shards, registry, now }));
  app.get('/accounts/:id/events/:event_id', createReceiptRoute({ pendingIds, shards, maxWaitMs }));
  app.use(createErrorHandler(logger, () => Promise.resolve()));
  return {
    app,
    cache,
    redis,
    keys,
    pendingIds,
    addPendingIds: (job) => addPendingIds(redis, keys, [job]),
    pool: shards.directory,
    registry,
    close: async () => {
      redis.disconnect();
      await shards.close();
    },
  };
}
