import type { RequestHandler } from 'express';
import { Counter, Histogram, type Registry } from 'prom-client';

const labelNames = ['method', 'route', 'status'] as const;
type Labels = Record<(typeof labelNames)[number], string>;

/** What nginx calls a request whose client hung up before the answer was out. */
const clientClosed = '499';

/**
 * Counts and times every request under its route pattern, never under its path: the number of series
 * stays that of the routes. A client that hung up counts as status 499, whatever was being sent.
 */
export function createHttpMetrics(registry: Registry): RequestHandler {
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests, by route pattern.',
    labelNames,
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const known = new Map<string, Labels>();
  const labelsOf = (method: string, route: string, status: string): Labels => {
    const name = `${method} ${route} ${status}`;
    let labels = known.get(name);
    if (!labels) known.set(name, (labels = { method, route, status }));
    return labels;
  };

  return (request, response, next) => {
    const startedAtMs = performance.now();
    // `close` comes after every answer, also after one that never ended.
    response.once('close', () => {
      const route = (request.route as { path: string } | undefined)?.path ?? 'unmatched';
      const status = response.writableFinished ? String(response.statusCode) : clientClosed;
      const labels = labelsOf(request.method, route, status);
      requests.inc(labels);
      durations.observe(labels, (performance.now() - startedAtMs) / 1_000);
    });
    next();
  };
}
