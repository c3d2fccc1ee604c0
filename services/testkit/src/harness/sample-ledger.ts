import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { EventRow } from '@event-platform/core/event/columns';
import { storeBatch } from '@event-platform/core/storage/write/event-store';
import { applyLog } from '@event-platform/core/storage/ledger/ledger-audit';
import type { SettledEntry } from '@event-platform/core/storage/ledger/ledger-entries';
import { readLedger, type LedgerLine } from '@event-platform/core/storage/ledger/ledger-report';
import { writeSourceCounts } from '@event-platform/core/storage/ledger/ledger-sources';
import { countAccepted } from '@event-platform/core/queue/accepted-counters';
import { rowsText } from './sample-events.ts';
import type { TestStore } from './use-test-store.ts';

/** The tables of the ledger; for `useTestStore` and TRUNCATE. */
export const ledgerTables =
  'events, event_counts, dead_letters, ledger, ledger_log, ledger_entries, ledger_sources, ledger_applied';

/** Minute of the sample rows, in minutes since 1970. */
export const minute = Date.parse('2026-11-01T12:00:00Z') / 60_000;
/** An instant by which all of that minute is due. */
export const later = new Date('2026-11-01T13:00:00Z');
/** An instant by which nothing is due. */
export const never = new Date(0);

/** The ledger entry of a job that holds these rows. */
export function ledgerEntryOf(
  rows: readonly EventRow[],
  changes: Partial<SettledEntry> = {},
): SettledEntry {
  const byAccount = Map.groupBy(rows, (row) => row.account_id);
  const accounts = [...byAccount].map(([account, own]) => [account, own.length] as const);
  return { id: randomUUID(), minute, accounts, isDirect: false, ...changes };
}

/** Writes down that one process handed the batches to the queue, as both sources do. */
export async function acceptLedgerEntries(
  pool: pg.Pool,
  ledgerEntries: readonly SettledEntry[],
): Promise<void> {
  const jobs = ledgerEntries.map((ledgerEntry) => ({
    ledgerEntry,
    accounts: ledgerEntry.accounts,
  }));
  const counts = countAccepted('api-1', jobs);
  for (const source of ['counted', 'queued'] as const)
    await writeSourceCounts(pool, source, counts);
}

/** A line of the ledger without its minute; what is not given is 0. */
export const line = (accountId: string, counts: Partial<LedgerLine>) => ({
  accountId,
  accepted: 0,
  stored: 0,
  duplicates: 0,
  dead: 0,
  pending: 0,
  missing: 0,
  excess: 0,
  ...counts,
});

/** The ledger of the sample minute in a test's own store. */
export class SampleLedger {
  private readonly home: TestStore;

  constructor(home: TestStore) {
    this.home = home;
  }

  /** See `acceptLedgerEntries`. */
  accept(ledgerEntries: readonly SettledEntry[]): Promise<void> {
    return acceptLedgerEntries(this.home.pool, ledgerEntries);
  }

  /** Stores rows and settles their batches, as a worker does. */
  async store(rows: readonly EventRow[], ledgerEntries: readonly SettledEntry[]): Promise<void> {
    await storeBatch(this.home.shard, rowsText(rows), { attempts: 1, backoffMs: 1 }, ledgerEntries);
  }

  /** The sample minute, after its log was applied; what is due counts as pending, or as missing. */
  async read(isLost = false): Promise<Partial<LedgerLine>[]> {
    await applyLog(this.home.pool);
    const lines = await readLedger(this.home.pool, {
      accountId: undefined,
      from: new Date((minute - 60) * 60_000),
      to: later,
      lostBefore: isLost ? later : never,
      finalBefore: later,
      held: [],
    });
    return lines
      .toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1))
      .map(({ minute: _, ...rest }) => rest);
  }
}
