import type { ApiConfig } from './config/config.ts';
import type { Connections } from './config/connect.ts';
import { StoredWaits } from './ingest/wait/stored-waits.ts';
import { createWaitCounter } from './ingest/wait/wait-metrics.ts';

/** Builds what lets requests wait for the COMMIT of their events. */
export function buildWaits(
  config: ApiConfig,
  {
    notifications,
    directShards,
    registry,
  }: Pick<Connections, 'notifications' | 'directShards' | 'registry'>,
): StoredWaits {
  return new StoredWaits({
    notifications,
    // The looks belong to ingest: summaries that are slow must not hold up its answers.
    shards: directShards,
    count: createWaitCounter(registry),
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
  });
}
