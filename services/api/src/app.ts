import express, { type Express, type RequestHandler } from 'express';
import helmet, { noSniff as createNoSniff } from 'helmet';
import { RequestError } from '@event-platform/core/event/errors';
import type { Logger } from '@event-platform/core/platform/logger';
import { createAccessLog } from './http/access-log.ts';
import { checkHead } from './http/check-head.ts';
import { createDeadline } from './http/deadline.ts';
import type { DrainBody } from './http/drain-body.ts';
import { onlyMethods } from './http/method-guard.ts';
import { createErrorHandler } from './http/problem.ts';
import { requestId } from './http/request-id.ts';
import type { Route, RouteAuth } from './http/route.ts';
import { createTrust } from './http/trusted-proxies.ts';
import { readLedger } from './routes/operational-routes.ts';
import { readReceipt, readSummary } from './routes/query-routes.ts';

/** A route of the catalogue with what answers it. */
export interface MountedRoute {
  route: Pick<Route, 'method' | 'path'> & { auth: RouteAuth };
  handler: RequestHandler;
}

export interface AppDependencies {
  logger: Logger;
  /** Addresses and networks. */
  trustedProxies: readonly string[];
  requestTimeoutMs: number;
  /** Requires a key with a scope. */
  authenticate: (auth: RouteAuth) => RequestHandler;
  ipGuard: RequestHandler;
  countRequests: RequestHandler;
  /** Reads a refused body to its end. */
  drainBody: DrainBody;
  /** The routes that take events. */
  ingest: readonly MountedRoute[];
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

/** The part of helmet that is needed where no browser shows the answer; all its headers were a third of it. */
const noSniff = createNoSniff();

/** The routes, and from top to bottom the steps that a request passes on its way to them. */
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

  const mount = (
    { route: { method, path, auth }, handler }: MountedRoute,
    ...first: RequestHandler[]
  ) => {
    const name = method === 'GET' ? 'get' : 'post';
    const mounted = app.route(path);
    if (first.length > 0) mounted.all(...first);
    mounted[name](authenticate(auth), handler).all(onlyMethods(method));
  };

  // By far the most frequent requests: what they do not need stands below them.
  const deadline = createDeadline(dependencies.requestTimeoutMs);
  for (const one of dependencies.ingest) mount(one, noSniff, ipGuard, deadline);

  app.use(helmet());
  if (dependencies.ops) app.use(dependencies.ops);
  app.use(ipGuard, deadline);
  mount({ route: readSummary, handler: dependencies.summary });
  mount({ route: readReceipt, handler: dependencies.receipt });
  mount({ route: readLedger, handler: dependencies.ledger });
  app.use(dependencies.status);
  app.use(dependencies.docs);

  app.use(() => {
    throw new RequestError('not_found');
  });
  app.use(createErrorHandler(logger, dependencies.drainBody));
  return app;
}
