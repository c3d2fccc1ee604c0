import type { Express } from 'express';
import { defaultInputLimits, type InputLimits } from '@event-platform/core/event/input-limits';
import type { Logger } from '@event-platform/core/platform/logger';
import { createStoreMetrics } from '@event-platform/core/storage/write/store-metrics';
import type { OpsRoutes } from '@event-platform/core/platform/ops-server';
import { createAuthenticate } from './access/authenticate.ts';
import { createApp, type MountedRoute } from './app.ts';
import type { Access } from './build-access.ts';
import type { LedgerParts } from './build-ledger.ts';
import type { Protection } from './build-protection.ts';
import type { StatusParts } from './build-status.ts';
import type { ApiConfig } from './config/config.ts';
import type { Connections } from './config/connect.ts';
import { createDrainBody } from './http/drain-body.ts';
import { createAcceptBatch } from './ingest/accept-batch.ts';
import type { DirectMode } from './ingest/direct-mode.ts';
import { createDirectStore } from './ingest/direct-store.ts';
import { registerBodyMetrics } from './ingest/body-metrics.ts';
import { createIngestMetrics } from './ingest/ingest-metrics.ts';
import { createIngestRoute } from './ingest/ingest-route.ts';
import type { FormatWatch } from './ingest/format-watch.ts';
import { JobProducer } from './ingest/job-producer.ts';
import { createPipeline } from './ingest/pipeline.ts';
import { createReadEvents } from './ingest/read-events.ts';
import { TypeWatch } from './ingest/type-watch.ts';
import type { StoredWaits } from './ingest/wait/stored-waits.ts';
import { FairShare } from './http/fair-share.ts';
import { createIpGuard } from './admission/ip-guard.ts';
import { createDocsRouter } from './ops/docs-route.ts';
import { createHttpMetrics } from './ops/http-metrics.ts';
import { createLedgerRoute } from './ops/ledger/ledger-route.ts';
import { createOpsRouter } from './ops/ops-router.ts';
import type { UserRollUpWriter } from './query/user-rollup-writer.ts';
import { createReceiptRoute } from './query/receipt-route.ts';
import { SummaryCache } from './query/summary-cache.ts';
import { createSummaryRoute } from './query/summary-route.ts';
import { ingestAdapters } from './routes/catalogue.ts';

/** A read that PostgreSQL has not answered by then is answered from what is cached. */
const queryWaitMs = 5_000;
/** A summary from the cache is out within 300 ms (docs/slo.md): the rest of that is for all else. */
const staleWaitMs = 200;

/** A body that is refused is read on and forgotten up to this many times what it may have. */
const discardFactor = 10;

/** What the routes lean on, beside the connections. */
export interface Parts {
  access: Access;
  protection: Protection;
  ledger: LedgerParts;
  status: Pick<StatusParts, 'router' | 'served'>;
  ops: OpsRoutes;
  waits: StoredWaits;
  formats: FormatWatch;
  writer: UserRollUpWriter;
  directMode: DirectMode;
}

/** Builds every route from the configuration and the connections. */
export function buildApp(
  config: ApiConfig,
  connections: Connections,
  { access, protection, ledger, status, ops, waits, formats, writer, directMode }: Parts,
  logger: Logger,
): Express {
  const { redis, keys, pendingIds, shards, registry } = connections;
  const cache = new SummaryCache({
    redis,
    keys,
    logger,
    ttlMs: config.SUMMARY_TTL_MS,
    maxWaitMs: queryWaitMs,
    staleWaitMs,
    now: Date.now,
  });
  return createApp({
    logger,
    trustedProxies: config.TRUSTED_PROXIES,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    authenticate: (auth) => createAuthenticate(access.keys, auth),
    ipGuard: createIpGuard(config.IP_REQUESTS_PER_MINUTE),
    countRequests: createHttpMetrics({
      registry,
      classOf: protection.classOf,
      onRequest: status.served,
    }),
    drainBody: createDrainBody({
      maxBytes: config.BODY_BYTES * discardFactor,
      timeoutMs: config.BODY_TIMEOUT_MS,
    }),
    ingest: buildIngest(
      config,
      connections,
      { protection, ledger, waits, formats, directMode },
      logger,
    ),
    summary: createSummaryRoute({ cache, shards, writer, registry, now: Date.now }),
    receipt: createReceiptRoute({ pendingIds, shards, maxWaitMs: queryWaitMs }),
    ledger: createLedgerRoute({ reconcile: ledger.reconcile, shards, now: Date.now }),
    status: status.router,
    docs: createDocsRouter(),
    ops: config.OPS_PORT === undefined ? createOpsRouter(ops) : undefined,
  });
}

function buildIngest(
  config: ApiConfig,
  { enqueuer, notifications, directShards, registry, process }: Connections,
  {
    protection: { admit },
    ledger: { counts },
    waits,
    formats,
    directMode,
  }: Pick<Parts, 'protection' | 'ledger' | 'waits' | 'formats' | 'directMode'>,
  logger: Logger,
): MountedRoute[] {
  const metrics = createIngestMetrics(registry);
  const acceptBatch = createAcceptBatch({
    admit,
    jobProducer: new JobProducer({
      enqueuer,
      logger,
      process,
      attempts: config.JOB_ATTEMPTS,
      newestFormat: () => formats.newest(),
      onCut: (waiter, jobs) => notifications.expectJobs(waiter, jobs),
      onAccepted: (taken) => counts.add(taken),
    }),
    storeDirectly: createDirectStore({
      shards: directShards,
      metrics: createStoreMetrics(registry, config.METRIC_ACCOUNTS),
      logger,
      writers: config.DIRECT_WRITERS,
      queue: config.DIRECT_QUEUE,
      maxCharacters: config.DIRECT_QUEUE_BYTES,
    }),
    metrics,
    directMode,
  });
  const limits: InputLimits = {
    ...defaultInputLimits,
    bodyBytes: config.BODY_BYTES,
    inflatedBytes: config.INFLATED_BYTES,
    eventsPerRequest: config.EVENTS_PER_REQUEST,
    valuesPerRequest: config.VALUES_PER_REQUEST,
    metadataBytes: config.METADATA_BYTES,
  };
  const bodyTimeoutMs = config.BODY_TIMEOUT_MS;
  const types = new TypeWatch(registry, logger, Date.now);
  const readEvents = createReadEvents({ limits, bodyTimeoutMs, now: Date.now });
  const bodies = new FairShare(config.BODY_BYTES_IN_FLIGHT);
  registerBodyMetrics(registry, bodies);
  const ingest = createPipeline({ acceptBatch, readEvents, waits, metrics, types, bodies });
  return ingestAdapters.map((route) => ({ route, handler: createIngestRoute(route, ingest) }));
}
