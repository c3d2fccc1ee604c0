import { countEvents, parseRows, type EventJob } from '@event-platform/shared/contracts/job';
import type { SettledLot } from '@event-platform/shared/database/ledger-lots';
import type { Shard, ShardMap } from '@event-platform/shared/database/shards';

/** The part of a job that lies on one shard. */
export interface ShardPart {
  shard: Shard;
  events: number;
  rows: string;
  /** What the ledger settles with these rows; none for jobs that no ledger counts. */
  lots: SettledLot[];
}

/**
 * Splits a job by the shard of its accounts. On one shard, which is the rule, the rows pass through
 * unparsed.
 */
export function splitByShard(job: EventJob, shards: ShardMap): ShardPart[] {
  const targets = new Set(job.accounts.map(([accountId]) => shards.forAccount(accountId)));
  const [only] = targets;
  if (targets.size <= 1 && only) {
    const { accounts, rows } = job;
    return [{ shard: only, events: countEvents(job), rows, lots: lotsOf(job, accounts) }];
  }
  const parts = new Map<Shard, string[]>();
  for (const row of parseRows(job.rows)) {
    const shard = shards.forAccount(row.a);
    const texts = parts.get(shard);
    if (texts) texts.push(JSON.stringify(row));
    else parts.set(shard, [JSON.stringify(row)]);
  }
  return [...parts].map(([shard, texts]) => ({
    shard,
    events: texts.length,
    rows: texts.join(','),
    lots: lotsOf(
      job,
      job.accounts.filter(([accountId]) => shards.forAccount(accountId) === shard),
    ),
  }));
}

function lotsOf({ lot }: EventJob, accounts: EventJob['accounts']): SettledLot[] {
  return lot ? [{ ...lot, accounts, isDirect: false }] : [];
}
