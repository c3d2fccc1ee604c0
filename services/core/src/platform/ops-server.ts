import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import { listenOn } from './listen.ts';

export interface Health {
  ok: boolean;
  /** What is wrong, or the current state, for the operator. */
  detail: Record<string, unknown>;
}

export interface OpsRoutes {
  live: () => Health;
  ready: () => Promise<Health> | Health;
  registry: Registry;
}

/** Answers one operational path, or undefined when the path is none. */
export async function answerOps(
  path: string,
  routes: OpsRoutes,
): Promise<{ status: number; contentType: string; body: string } | undefined> {
  if (path === '/metrics') {
    return {
      status: 200,
      contentType: routes.registry.contentType,
      body: await routes.registry.metrics(),
    };
  }
  if (path !== '/healthz/live' && path !== '/healthz/ready') return undefined;
  const health = path === '/healthz/live' ? routes.live() : await routes.ready();
  return {
    status: health.ok ? 200 : 503,
    contentType: 'application/json',
    body: `${JSON.stringify({ status: health.ok ? 'ok' : 'unavailable', ...health.detail })}\n`,
  };
}

/**
 * A small HTTP server for /metrics and /healthz on a port of its own that tenants cannot reach.
 *
 * @throws ConfigError when it cannot listen there
 */
export async function startOpsServer(
  port: number,
  host: string,
  routes: OpsRoutes,
): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    answerOps(path, routes)
      .then((answer) => {
        response.writeHead(answer?.status ?? 404, {
          'content-type': answer?.contentType ?? 'text/plain',
        });
        response.end(answer?.body ?? 'not found\n');
      })
      .catch((error: unknown) => {
        response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(`${error instanceof Error ? error.message : 'failed'}\n`);
      });
  });
  await listenOn(server, { host, port, variable: 'OPS_PORT' });
  return server;
}
