import { keyOfHeader } from '../access/key-header.ts';
import type { Route } from '../http/route.ts';

/** GET /admin/ledger. */
export const readLedger = {
  id: 'readLedger',
  method: 'GET',
  path: '/admin/ledger',
  auth: { scope: 'admin', readKey: keyOfHeader },
  isForTenants: false,
} as const satisfies Route;

const open = { method: 'GET', auth: undefined, isForTenants: false } as const;

/** Routes that need no key: health and metrics (core/platform/ops-server.ts), status page and documentation. */
export const openRoutes = [
  { id: 'live', path: '/healthz/live', ...open },
  { id: 'ready', path: '/healthz/ready', ...open },
  { id: 'metrics', path: '/metrics', ...open },
  { id: 'status', path: '/status.json', ...open },
  { id: 'statusPage', path: '/status', ...open },
  { id: 'openapi', path: '/openapi.json', ...open },
  { id: 'docs', path: '/docs', ...open },
] as const satisfies readonly Route[];
