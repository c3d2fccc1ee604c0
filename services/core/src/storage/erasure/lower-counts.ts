import type pg from 'pg';

interface Counted {
  type: string;
  /** Of the timestamp, in minutes since 1970. */
  minute: number;
}

const minuteCounts = 'jsonb_to_recordset($2::jsonb) AS x(m bigint, t text, n bigint)';

// Locked in the order of the writers (store-events.ts), so that none deadlocks.
const lower = `
WITH locked AS MATERIALIZED (
  SELECT c.minute, c.type, x.n
  FROM ${minuteCounts} JOIN event_counts AS c ON c.minute = to_timestamp(x.m * 60) AND c.type = x.t
  WHERE c.account_id = $1
  ORDER BY c.minute, c.type FOR UPDATE OF c
)
UPDATE event_counts AS c SET count = c.count - l.n
FROM locked AS l WHERE c.account_id = $1 AND c.minute = l.minute AND c.type = l.type`;

// A separate statement: the one above would use counts from before a writer raised them.
const removeEmpty = `
DELETE FROM event_counts AS c USING ${minuteCounts}
WHERE c.account_id = $1 AND c.minute = to_timestamp(x.m * 60) AND c.type = x.t AND c.count <= 0`;

/** Takes events out of the roll-up of their account, in the transaction that takes out their rows. */
export async function lowerCounts(
  session: Pick<pg.ClientBase, 'query'>,
  accountId: string,
  events: readonly Counted[],
): Promise<void> {
  const groups = Map.groupBy(events, ({ minute, type }) => `${minute} ${type}`);
  const sums = [...groups.values()].flatMap(([first, ...more]) =>
    first ? [{ m: first.minute, t: first.type, n: more.length + 1 }] : [],
  );
  const values = [accountId, JSON.stringify(sums)];
  await session.query({ name: 'lower-counts', text: lower, values });
  await session.query({ name: 'remove-empty-counts', text: removeEmpty, values });
}
