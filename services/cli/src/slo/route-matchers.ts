import type { Route } from '@event-platform/api/http/route';
import { tenantRoutes } from '@event-platform/api/routes/catalogue';

/** Label matchers of PromQL for the requests of one route. */
export function routeMatchers({ method, path }: Pick<Route, 'method' | 'path'>): string[] {
  return [`method="${method}"`, `route="${path}"`];
}

/** A route as people write it: `POST /events`. */
export function routeTitle({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** Label matcher of PromQL for all routes that tenants use. */
export const tenantRoutesMatcher = `route=~"${tenantRoutes.map(({ path }) => path).join('|')}"`;
