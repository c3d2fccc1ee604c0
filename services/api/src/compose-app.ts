import type { Express } from 'express';
import type { Logger } from '@event-platform/core/platform/logger';
import type { OpsRoutes } from '@event-platform/core/platform/ops-server';
import { createAuthenticate, type Keys } from './access/authenticate.ts';
import { createIpGuard } from './admission/ip-guard.ts';
import { createApp } from './app.ts';
import type { Admission } from './compose-admission.ts';
import { composeIngest, type IngestParts } from './compose-ingest.ts';
import type { ApiConfig } from './config/config.ts';
import type { Connections } from './config/connect.ts';
import { createDrainBody } from './http/drain-body.ts';
import { createDocsRouter } from './ops/docs-route.ts';
import { createHttpMetrics } from './ops/http-metrics.ts';
import { createLedgerRoute } from './ops/ledger/ledger-route.ts';
import type { LedgerRuns } from './ops/ledger/ledger-runs.ts';
import { createReconcileOnRequest } from './ops/ledger/reconcile-on-request.ts';
import { createOpsRouter } from './ops/ops-router.ts';
import { createReceiptRoute } from './query/receipt-route.ts';
import { SummaryCache } from './query/summary-cache.ts';
import { createSummaryRoute } from './query/summary-route.ts';
import type { StatusBoard } from './status/status-board.ts';
import type { StatusRecorder } from './status/status-recorder.ts';
import { createStatusRouter } from './status/status-route.ts';

/** A read that PostgreSQL has not answered by then is answered from the cache. */
const queryWaitMs = 5_000;
/** A summary from the cache is out within 300 ms (docs/slo.md): the rest of that is for all other steps. */
const staleWaitMs = 200;

/** A refused body is read on and dropped up to this many times what a body may have. */
const discardFactor = 10;

/** What the routes need, beside the connections. */
export interface AppParts extends IngestParts {
  /** Absent with AUTH=off. */
  keys: Keys | undefined;
  admission: Admission;
  runs: LedgerRuns;
  status: { board: StatusBoard; recorder: StatusRecorder };
  ops: OpsRoutes;
}

/** Builds every route. */
export function composeApp(
  config: ApiConfig,
  connections: Connections,
  logger: Logger,
  parts: AppParts,
): Express {
  const { redis, queue, keys, pendingIds, shards, registry } = connections;
  const { admission, runs, status, ops } = parts;
  const now = Date.now;
  const cache = new SummaryCache({
    ...{ redis, keys, logger, staleWaitMs, now },
    ttlMs: config.SUMMARY_TTL_MS,
    maxWaitMs: queryWaitMs,
  });
  const reconcile = createReconcileOnRequest({
    ...{ shards, redis, queue, keys, logger, now },
    onRun: (shard, run) => runs.learn(shard, run),
  });
  return createApp({
    logger,
    trustedProxies: config.TRUSTED_PROXIES,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    authenticate: (auth) => createAuthenticate(parts.keys, auth),
    ipGuard: createIpGuard(config.IP_REQUESTS_PER_MINUTE),
    countRequests: createHttpMetrics({
      registry,
      classOf: (accountId) => admission.policies.classOf(accountId),
      onRequest: (route, fault) => status.recorder.served(route, fault),
    }),
    drainBody: createDrainBody({
      maxBytes: config.BODY_BYTES * discardFactor,
      timeoutMs: config.BODY_TIMEOUT_MS,
    }),
    ingest: composeIngest(config, connections, logger, parts),
    summary: createSummaryRoute({ cache, shards, registry, now }),
    receipt: createReceiptRoute({ pendingIds, shards, maxWaitMs: queryWaitMs }),
    ledger: createLedgerRoute({ reconcile, shards, now }),
    status: createStatusRouter(() => status.board.status(), now),
    docs: createDocsRouter(),
    ops: config.OPS_PORT === undefined ? createOpsRouter(ops) : undefined,
  });
}
