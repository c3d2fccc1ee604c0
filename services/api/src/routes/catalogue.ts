import type { Route } from '../http/route.ts';
import { openRoutes, readLedger } from './operational-routes.ts';
import { readReceipt, readSummary } from './query-routes.ts';
import { sendEvents } from './send-events.ts';

/** The wire formats of ingest, one file each. */
export const ingestAdapters = [sendEvents] as const;

/** Every route of the api. */
export const routes = [
  ...ingestAdapters,
  readSummary,
  readReceipt,
  readLedger,
  ...openRoutes,
] as const satisfies readonly Route[];

export type RouteId = (typeof routes)[number]['id'];

/** The routes that tenants use. */
export const tenantRoutes: readonly Route[] = routes.filter(({ isForTenants }) => isForTenants);
