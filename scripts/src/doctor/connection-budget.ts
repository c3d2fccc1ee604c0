import { parseApiConfig } from '../../../services/api/src/config.ts';
import { parseWorkerConfig } from '../../../services/worker/src/config.ts';
import type { ConnectionBudget } from './judge-connections.ts';

/** What the services need to be told; no pool size depends on it. */
const placeholders = { DATABASE_URL: 'postgres://unused', REDIS_URL: 'redis://unused' };

/** The pools that each pod opens with its default settings (api/start-api.ts, worker/start-worker.ts). */
export function connectionBudget(apiPods: number, workerPods: number): ConnectionBudget {
  const api = parseApiConfig(placeholders);
  const worker = parseWorkerConfig(placeholders);
  return {
    apiPods,
    workerPods,
    connectionsPerApi: api.QUERY_CONNECTIONS + api.DIRECT_WRITERS,
    connectionsPerWorker: worker.WRITERS + 1,
  };
}
