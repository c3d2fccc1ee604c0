import { countEvents, type EventJob, type JobHeader } from '../../event/job.ts';
import { parseRows, writeRows } from '../../event/row-lines.ts';
import type { EventRow } from '../../event/columns.ts';
import type { TypeCount } from '../../event/count.ts';
import type { Batch } from './batch.ts';
import type { SettledEntry } from '../ledger/ledger-entries.ts';
import type { Shard, ShardMap } from '../placement/shards.ts';

/** The part of a job that lies on one shard. */
export interface ShardBatch extends Batch {
  shard: Shard;
  bytes: number;
}

/**
 * Splits a job by the shard of its accounts. On one shard, which is the rule, the rows pass through
 * unparsed.
 */
export function splitByShard(job: EventJob, shards: ShardMap): ShardBatch[] {
  const targets = new Set(job.accounts.map(([accountId]) => shards.forAccount(accountId)));
  const [only] = targets;
  if (targets.size <= 1 && only) {
    const { accounts, rows } = job;
    const ledgerEntries = ledgerEntriesOf(job, accounts);
    const { bytes } = job;
    return [
      {
        shard: only,
        events: countEvents(job),
        bytes,
        rows,
        minuteCounts: countsOf(job),
        ledgerEntries,
      },
    ];
  }
  const minuteCounts = countsOf(job);
  const byShard = Map.groupBy<Shard, EventRow>(parseRows(job.rows), (row) =>
    shards.forAccount(row.account_id),
  );
  return [...byShard].map(([shard, own]) => {
    const isHere = (accountId: string) => shards.forAccount(accountId) === shard;
    const rows = writeRows(own);
    return {
      shard,
      events: own.length,
      bytes: rows.length,
      rows,
      minuteCounts: minuteCounts?.filter(({ accountId }) => isHere(accountId)),
      ledgerEntries: ledgerEntriesOf(
        job,
        job.accounts.filter(([accountId]) => isHere(accountId)),
      ),
    };
  });
}

/** Undefined as well when a count names no account of the job. */
function countsOf({ accounts, minuteCounts }: JobHeader): TypeCount[] | undefined {
  const named = minuteCounts?.map(([account, minute, type, events]) => {
    const accountId = accounts[account]?.[0];
    return accountId === undefined ? undefined : { accountId, minute, type, events };
  });
  return named?.every((minuteCount) => minuteCount !== undefined) ? named : undefined;
}

function ledgerEntriesOf(
  { ledgerEntry }: JobHeader,
  accounts: JobHeader['accounts'],
): SettledEntry[] {
  // Rows of an account that the job does not name are stored, but nothing was accepted as theirs.
  return ledgerEntry && accounts.length > 0 ? [{ ...ledgerEntry, accounts, isDirect: false }] : [];
}
