import type pg from 'pg';
import type { SourceCount } from '../../event/count.ts';

/** `counted`: by the api process itself. `queued`: by Redis, with the jobs. */
export type LedgerSource = 'counted' | 'queued';

const statements = { counted: upsert('counted'), queued: upsert('queued') };

// The counts are totals, not increments, and only grow: writing the same again changes nothing.
function upsert(column: LedgerSource): string {
  return `
INSERT INTO ledger_sources AS w (account_id, minute, process, ${column})
SELECT a, to_timestamp(m * 60), p, n
FROM jsonb_to_recordset($1::jsonb) AS x(a text, m bigint, p text, n bigint)
ORDER BY a COLLATE "C", m, p COLLATE "C"
ON CONFLICT (account_id, minute, process) DO UPDATE SET ${column} = excluded.${column}
WHERE w.${column} < excluded.${column}`;
}

/**
 * A query for what sources count beyond what was applied of them, as (account_id, minute, events).
 *
 * @param condition which of their minutes and accounts
 */
export function unappliedSources(condition: string): string {
  return `SELECT account_id, minute,
    sum(greatest(counted - coalesce(f.events, 0), queued - coalesce(f.events, 0), 0)) AS events
  FROM ledger_sources LEFT JOIN ledger_applied AS f USING (account_id, minute, process)
  WHERE ${condition} GROUP BY 1, 2`;
}

/** Writes the counts of a source, all of accounts on one shard. Safe to repeat. */
export async function writeSourceCounts(
  database: Pick<pg.Pool, 'query'>,
  source: LedgerSource,
  counts: readonly SourceCount[],
): Promise<void> {
  if (counts.length === 0) return;
  const entries = counts.map(({ accountId, minute, process, events }) => ({
    a: accountId,
    m: minute,
    p: process,
    n: events,
  }));
  await database.query({
    name: `write-source-${source}`,
    text: statements[source],
    values: [JSON.stringify(entries)],
  });
}
