import type { Request, RequestHandler, Response } from 'express';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Principal } from '@event-platform/core/storage/accounts/api-key';
import { summarySchema } from '@event-platform/core/event/results';
import { requestContextOf, waitedMsOf } from '../http/request-context.ts';

export interface HttpMetricsDependencies {
  registry: Registry;
  /** The class of an account; there are few. */
  classOf: (accountId: string) => string;
  /** Called for every request that was answered. */
  onRequest: (route: string, fault: string) => void;
}

const durationLabels = ['method', 'route', 'status', 'account_class'] as const;
const requestLabels = ['method', 'route', 'status', 'fault', 'account_class'] as const;

/** The label sets of one kind of request, made once for all requests of the kind. */
interface Labels {
  request: Record<(typeof requestLabels)[number], string>;
  duration: Record<(typeof durationLabels)[number], string>;
}

/** Methods that count under their own name; Node.js accepts thirty more, which would be series of their own. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Of accounts without limits of their own: most. Its series are there before the first request. */
const defaultClass = 'standard';

/** What nginx calls a request whose client hung up before the answer was out. */
const clientClosed = '499';

/** A client that left after it waited this long did so by the system's fault. */
const longWaitMs = 5_000;

/**
 * Counts and times every request under its route pattern, never under its path: the number of series
 * stays that of the routes. A client that hung up counts as status 499, whatever was being sent.
 *
 * `fault` says whose it is: `system` for every 5xx, for what a handler recorded as the system's, and
 * for clients that hung up after a long wait; `tenant` for all other 4xx; else `none`.
 */
export function createHttpMetrics(dependencies: HttpMetricsDependencies): RequestHandler {
  const { registry, classOf, onRequest } = dependencies;
  const { requests, durations, summaries } = registerHttpMetrics(registry);
  for (const cache of summarySchema.shape.cache.options) {
    summaries.zero({ cache, account_class: defaultClass });
  }
  const known = new Map<string, Labels>();
  const labelsOf = (...values: [string, string, string, string, string]): Labels => {
    const name = values.join(' ');
    const [method, route, status, fault, accountClass] = values;
    let labels = known.get(name);
    if (!labels) {
      const duration = { method, route, status, account_class: accountClass };
      const request = { method, route, status, fault, account_class: accountClass };
      labels = { request, duration };
      known.set(name, labels);
    }
    return labels;
  };

  return (request, response, next) => {
    const startedAtMs = performance.now();
    // `close` comes after every answer, also after one that never ended.
    response.once('close', () => {
      const context = requestContextOf(response);
      const { accountId = accountOfKey(response), cache } = context;
      const nowMs = performance.now();
      const tookMs = nowMs - startedAtMs - waitedMsOf(context, nowMs);
      const method = knownMethods.has(request.method) ? request.method : 'other';
      const route = (request.route as { path: string } | undefined)?.path ?? 'unmatched';
      const status = response.writableFinished ? String(response.statusCode) : clientClosed;
      const accountClass = accountId === undefined ? 'none' : classOf(accountId);
      const fault = faultOf(request, response, status, tookMs);
      const labels = labelsOf(method, route, status, fault, accountClass);
      requests.inc(labels.request);
      durations.observe(labels.duration, tookMs / 1_000);
      onRequest(route, fault);
      if (cache !== undefined) {
        summaries.observe({ cache, account_class: accountClass }, tookMs / 1_000);
      }
    });
    next();
  };
}

function registerHttpMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'http_requests_total',
      help: 'Requests, by route pattern, whose fault a failure is, and class of the account.',
      labelNames: requestLabels,
      registers,
    }),
    durations: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the request line to the end of the answer, less the wait that the client prefers.',
      labelNames: durationLabels,
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    summaries: new Histogram({
      name: 'summary_duration_seconds',
      help: 'Time to answer a summary, by where it came from.',
      labelNames: ['cache', 'account_class'],
      buckets: [0.01, 0.05, 0.1, 0.3, 0.5, 1, 2.5, 5],
      registers,
    }),
  };
}

/** The account of the key; undefined without a key, and for keys that reach every account. */
function accountOfKey(response: Response): string | undefined {
  return (response.locals['principal'] as Principal | undefined)?.accountId;
}

function faultOf(request: Request, response: Response, status: string, tookMs: number): string {
  const { fault } = requestContextOf(response);
  if (fault === 'system' || status >= '500') return 'system';
  if (status === clientClosed && request.complete && tookMs >= longWaitMs) return 'system';
  return status >= '400' ? 'tenant' : 'none';
}
