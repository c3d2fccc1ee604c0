import { countEvents, parseRows, type EventJob } from '@event-platform/shared/contracts/job';
import type { Shard, ShardMap } from '@event-platform/shared/database/shards';

/** The part of a job that lies on one shard. */
export interface ShardPart {
  shard: Shard;
  events: number;
  rows: string;
}

/**
 * Splits a job by the shard of its accounts. On one shard, which is the rule, the rows pass through
 * unparsed.
 */
export function splitByShard(job: EventJob, shards: ShardMap): ShardPart[] {
  const targets = new Set(job.accounts.map(([accountId]) => shards.forAccount(accountId)));
  const [only] = targets;
  if (targets.size <= 1 && only) return [{ shard: only, events: countEvents(job), rows: job.rows }];
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
  }));
}
