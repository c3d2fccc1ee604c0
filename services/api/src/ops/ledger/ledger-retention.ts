import { deleteExpiredLedger } from '@event-platform/core/storage/ledger/ledger-audit';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';

export interface LedgerRetentionDependencies {
  shards: { all: readonly Shard[] };
  logger: Logger;
  /** How long closed cells are kept. */
  retentionDays: number;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Removes what the ledger need not keep, once an hour; what fails is tried again an hour later. */
export class LedgerRetention {
  private readonly dependencies: LedgerRetentionDependencies;
  private doneAtMs = -Infinity;

  constructor(dependencies: LedgerRetentionDependencies) {
    this.dependencies = dependencies;
  }

  async removeIfDue(): Promise<void> {
    const { shards, retentionDays, logger, now } = this.dependencies;
    if (now() - this.doneAtMs < hourMs) return;
    this.doneAtMs = now();
    const before = {
      minuteCounts: new Date(now() - retentionDays * dayMs),
      ledgerEntries: new Date(now() - dayMs),
      applied: new Date(now() - dayMs),
    };
    for (const { name, pool } of shards.all) {
      await deleteExpiredLedger(pool, before).catch((error: unknown) => {
        logger.warn({ err: error, shard: name }, 'old minutes of the ledger were not removed');
      });
    }
  }
}
