import type pg from 'pg';
import type { LedgerCounts } from './ledger.ts';
import type { Count } from '../../event/count.ts';
import { heldCounts, heldParameter } from './ledger-held.ts';
import { unappliedSources } from './ledger-sources.ts';

/** A line of the ledger: an account in a range, or in one minute of it. */
export interface LedgerLine extends LedgerCounts {
  accountId: string;
  /** Absent in the sum of a range. */
  minute: Date | null;
}

export interface LedgerQuery {
  /** Absent: every account, summed over the range. Given: that account, minute by minute. */
  accountId: string | undefined;
  from: Date;
  to: Date;
  /** What is due in minutes before this is missing; else pending. */
  lostBefore: Date;
  /** Minutes before this have all their counts; younger ones cannot be in excess. */
  finalBefore: Date;
  /** What stuck jobs hold: pending, however old. */
  held: readonly Count[];
}

// A dead letter whose event was stored later (sent again, or replayed) does not count.
const statement = `
WITH accepted AS (
  ${unappliedSources('minute >= $2 AND minute < $3 AND ($1::text IS NULL OR account_id = $1)')}
), held AS (
  ${heldCounts('$6')}
), dead AS (
  SELECT account_id, date_trunc('minute', received_at) AS minute, count(*) AS events
  FROM dead_letters AS d
  WHERE received_at >= $2 AND received_at < $3 AND ($1::text IS NULL OR account_id = $1)
    AND NOT EXISTS (SELECT FROM events AS e
                    WHERE e.account_id = d.account_id AND e.event_id = d.event_id)
  GROUP BY 1, 2
), minutes AS (
  SELECT account_id, minute, coalesce(c.settled, 0) AS settled, coalesce(c.stored, 0) AS stored,
    coalesce(c.accepted, 0) + coalesce(a.events, 0) AS accepted, coalesce(h.events, 0) AS held,
    least(coalesce(d.events, 0), greatest(coalesce(c.settled, 0) - coalesce(c.stored, 0), 0)) AS dead
  FROM (SELECT account_id, minute FROM ledger
        WHERE minute >= $2 AND minute < $3 AND ($1::text IS NULL OR account_id = $1)
        UNION SELECT account_id, minute FROM accepted) AS k
    LEFT JOIN ledger AS c USING (account_id, minute)
    LEFT JOIN accepted AS a USING (account_id, minute)
    LEFT JOIN dead AS d USING (account_id, minute)
    LEFT JOIN held AS h USING (account_id, minute)
), evaluated AS (
  SELECT *, greatest(accepted - settled, 0) AS due,
    CASE WHEN minute < $4 THEN greatest(accepted - settled - held, 0) ELSE 0 END AS missing,
    CASE WHEN minute < $5 THEN greatest(settled - accepted, 0) + greatest(stored - settled, 0)
      ELSE 0 END AS over
  FROM minutes
)
SELECT account_id AS "accountId", CASE WHEN $1::text IS NULL THEN NULL ELSE minute END AS minute,
  greatest(sum(accepted), 0)::bigint AS accepted, sum(stored)::bigint AS stored,
  sum(greatest(settled - stored - dead, 0))::bigint AS duplicates, sum(dead)::bigint AS dead,
  sum(due - missing)::bigint AS pending, sum(missing)::bigint AS missing, sum(over)::bigint AS excess
FROM evaluated GROUP BY 1, 2`;

/** Reads a part of the ledger from one shard, in no order. */
export async function readLedger(pool: pg.Pool, query: LedgerQuery): Promise<LedgerLine[]> {
  const { accountId, from, to, lostBefore, finalBefore, held } = query;
  const { rows } = await pool.query<LedgerLine>({
    name: 'read-ledger',
    text: statement,
    values: [accountId ?? null, from, to, lostBefore, finalBefore, heldParameter(held)],
  });
  return rows;
}
