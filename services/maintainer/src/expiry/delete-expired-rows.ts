import type { Logger } from '@event-platform/core/platform/logger';
import { deleteExpiredLedger } from '@event-platform/core/storage/ledger/ledger-audit';
import { deleteExpiredStatusMinutes } from '@event-platform/core/storage/status/status-minutes';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import { eachShard } from '../tasks/each-shard.ts';

export interface ExpiryDependencies {
  shards: Pick<ShardMap, 'all' | 'directory'>;
  logger: Logger;
  /** How long minutes of the ledger are kept once they balance. */
  ledgerDays: number;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

const dayMs = 24 * 60 * 60_000;
/** The status page shows 30. */
const statusDays = 32;

/**
 * Returns the task that deletes expired rows: of the ledger on each shard, of the status page in the directory.
 * It returns whether every database answered.
 */
export function createExpiry(dependencies: ExpiryDependencies): () => Promise<boolean> {
  const { shards, logger, ledgerDays, now } = dependencies;
  const failing = new Set<string>();
  return async () => {
    const before = {
      minuteCounts: new Date(now() - ledgerDays * dayMs),
      ledgerEntries: new Date(now() - dayMs),
      applied: new Date(now() - dayMs),
    };
    const done = await eachShard(
      shards.all,
      async ({ pool }) => {
        await deleteExpiredLedger(pool, before);
        return true;
      },
      { logger, failing, task: 'expired_rows' },
    );
    await deleteExpiredStatusMinutes(shards.directory, new Date(now() - statusDays * dayMs));
    return done.every(Boolean);
  };
}
