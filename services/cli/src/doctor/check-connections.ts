import { connectionsPerShard } from '@event-platform/maintainer/config/connections-per-shard';
import { finding, type Finding } from './finding.ts';

/** The connections to one PostgreSQL, at most. */
export interface ConnectionBudget {
  apiPods: number;
  workerPods: number;
  connectionsPerApi: number;
  connectionsPerWorker: number;
  /** Settings that were not given, with the default that was taken for each. */
  assumed: string[];
}

/** One for the migration, one for a person with psql or `ep`, one to scrape metrics. */
const spareConnections = 3;

/**
 * Holds the most that all pods can open against what PostgreSQL grants to users that are not super. Behind
 * a pooler, the pooler grants them, and PostgreSQL does not have the number.
 */
export function checkConnections(
  budget: ConnectionBudget,
  settings: ReadonlyMap<string, string>,
  isPooled = false,
): Finding {
  const { apiPods, workerPods, connectionsPerApi, connectionsPerWorker, assumed } = budget;
  const most = Number(settings.get('max_connections') ?? 0);
  const reserved =
    Number(settings.get('superuser_reserved_connections') ?? 0) +
    Number(settings.get('reserved_connections') ?? 0);
  const others = connectionsPerShard + spareConnections;
  const needed = apiPods * connectionsPerApi + workerPods * connectionsPerWorker + others;
  const check = 'postgres max_connections';
  if (isPooled) {
    const found = `${needed} to the pooler: see that it takes as many (PgBouncer: max_client_conn)`;
    return finding(check, 'ok', found, '');
  }
  return finding(
    check,
    needed <= most - reserved ? 'ok' : 'fail',
    `${most} − ${reserved} reserved; needed ${needed} = ${apiPods} api × ${connectionsPerApi} + ` +
      `${workerPods} workers × ${connectionsPerWorker} + ${connectionsPerShard} maintainer + ${spareConnections} spare` +
      (assumed.length > 0 ? `; assumed ${assumed.join(', ')}` : ''),
    `ALTER SYSTEM SET max_connections = ${Math.ceil((needed + reserved) * 1.2)}; then restart PostgreSQL. Or fewer workers, or a lower WRITERS`,
  );
}
