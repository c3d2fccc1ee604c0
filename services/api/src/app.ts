import express, { type Express, type RequestHandler } from 'express';
import helmet, { noSniff as createNoSniff } from 'helmet';
import type { Scope } from '@event-platform/core/storage/accounts/api-key';
import { RequestError } from '@event-platform/core/event/errors';
import type { Logger } from '@event-platform/core/platform/logger';
import { createAccessLog } from './http/access-log.ts';
import { checkHead } from './http/check-head.ts';
import { createDeadline } from './http/deadline.ts';
import type { DrainBody } from './http/drain-body.ts';
import { onlyMethods } from './http/method-guard.ts';
import { createErrorHandler } from './http/problem.ts';
import { requestId } from './http/request-id.ts';
import { createTrust } from './http/trusted-proxies.ts';

export interface AppDependencies {
  logger: Logger;
  /** Addresses and networks. */
  trustedProxies: readonly string[];
  requestTimeoutMs: number;
  /** Requires a scope. */
  authenticate: (scope: Scope) => RequestHandler;
  ipGuard: RequestHandler;
  countRequests: RequestHandler;
  /** Reads a refused body to its end. */
  drainBody: DrainBody;
  ingest: RequestHandler;
  summary: RequestHandler;
  receipt: RequestHandler;
  ledger: RequestHandler;
  /** /status and /status.json. */
  status: express.Router;
  /** /openapi.json and /docs. */
  docs: express.Router;
  /** /metrics and /healthz; absent when they have a port of their own. */
  ops: express.Router | undefined;
}

/** What remains of helmet where no browser shows the answer; its other headers were a third of it. */
const noSniff = createNoSniff();

/** The routes and, from top to bottom, what a request passes on its way to them. */
export function createApp(dependencies: AppDependencies): Express {
  const { authenticate, ipGuard, logger } = dependencies;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', createTrust(dependencies.trustedProxies));

  app.use(requestId);
  app.use(createAccessLog(logger));
  app.use(dependencies.countRequests);
  app.use(checkHead);

  // By far the most frequent request: what it does not need stands below it.
  const deadline = createDeadline(dependencies.requestTimeoutMs);
  app
    .route('/events')
    .all(noSniff, ipGuard, deadline)
    .post(authenticate('ingest'), dependencies.ingest)
    .all(onlyMethods('POST'));

  app.use(helmet());
  if (dependencies.ops) app.use(dependencies.ops);
  app.use(ipGuard, deadline);
  app
    .route('/accounts/:id/summary')
    .get(authenticate('read'), dependencies.summary)
    .all(onlyMethods('GET'));
  app
    .route('/accounts/:id/events/:event_id')
    .get(authenticate('read'), dependencies.receipt)
    .all(onlyMethods('GET'));
  app
    .route('/admin/ledger')
    .get(authenticate('admin'), dependencies.ledger)
    .all(onlyMethods('GET'));
  app.use(dependencies.status);
  app.use(dependencies.docs);

  app.use(() => {
    throw new RequestError('not_found');
  });
  app.use(createErrorHandler(logger, dependencies.drainBody));
  return app;
}
