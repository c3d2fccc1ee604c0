import type pg from 'pg';
import { linedUp } from './pack-counts.ts';
import { UserTally, type Candidates } from './user-tally.ts';
import { gapsBetween, instants, windowUs, wholeWindows, type Span } from './windows.ts';

type Session = Pick<pg.ClientBase, 'query'>;

export interface UserCount {
  user_id: string;
  count: number;
}

/** The users with most events, then by the bytes of their names; and how many events came from user roll-ups. */
export interface TopUsers {
  users: UserCount[];
  rolledUpEvents: number;
}

/** Read at once: 100,000 users make 200 kB of each, and the text that comes is twice that. */
const windowsPerPage = 24;

// A user roll-up is valid while it counts as many events as there are now (README).
const rolledUpWindows = `
SELECT (extract(epoch FROM q.window_start) * 1000000)::bigint::text AS "startUs", q.events, q.counts
FROM user_rollups AS q
WHERE q.account_id = $1 AND q.window_start >= $2 AND q.window_start < $3 AND q.events = (
  SELECT coalesce(sum(c.count), 0) FROM event_counts AS c
  WHERE c.account_id = $1 AND c.minute >= q.window_start AND c.minute < q.window_start + interval '15 minutes')
ORDER BY q.window_start LIMIT ${windowsPerPage}`;

const fromRows = `
SELECT user_id, count(*) AS count FROM events
WHERE account_id = $1 AND timestamp >= $2 AND timestamp < $3
GROUP BY user_id ORDER BY count DESC, user_id LIMIT $4`;

/** So many names are looked up at most to spare the numbers of everyone else. */
const usualCandidates = 500;

const counted = `
counted AS MATERIALIZED (
  SELECT e.user_id, count(*)::int AS count
  FROM unnest($2::timestamptz[], $3::timestamptz[]) AS gap (start, stop)
    CROSS JOIN LATERAL (
      SELECT user_id FROM events
      WHERE account_id = $1 AND timestamp >= gap.start AND timestamp < gap.stop
    ) AS e
  GROUP BY e.user_id
)`;

// A user with a number may be in user roll-ups too. One without is in none, so the first of these suffice.
const both = `
SELECT
  ${linedUp('numbered')} AS numbered,
  (SELECT coalesce(json_agg(json_build_object('user_id', user_id, 'count', count)), '[]')
   FROM (SELECT user_id, count FROM numbered WHERE number IS NULL
         ORDER BY count DESC, user_id LIMIT $4) AS first) AS others`;

const everyUserBesideRollUps = `
WITH ${counted}, numbered AS MATERIALIZED (
  SELECT n.number, u.user_id, u.count
  FROM counted AS u LEFT JOIN user_numbers AS n ON n.account_id = $1 AND n.user_id = u.user_id
)${both}`;

// Finding numbers by names is what costs most. Of those with few events here only contenders matter, whose
// names are found by their numbers; those with more are few. Each is looked up by itself: without the LIMIT,
// PostgreSQL reads all of the account's users for some hundreds.
const candidatesBesideRollUps = `
WITH ${counted}, numbered AS MATERIALIZED (
  SELECT n.number, u.user_id, u.count
  FROM counted AS u LEFT JOIN LATERAL (
    SELECT number FROM user_numbers WHERE account_id = $1 AND user_id = u.user_id LIMIT 1
  ) AS n ON true
  WHERE u.count > $5::int
  UNION ALL
  SELECT n.number, u.user_id, u.count
  FROM unnest($6::int[]) AS c (number)
    CROSS JOIN LATERAL (
      SELECT number, user_id FROM user_numbers WHERE account_id = $1 AND number = c.number LIMIT 1
    ) AS n
    JOIN counted AS u ON u.user_id = n.user_id
  WHERE u.count <= $5::int
)${both}`;

const names = `
SELECT n.user_id, c.count
FROM unnest($2::int[], $3::bigint[]) AS c (number, count)
  JOIN user_numbers AS n ON n.account_id = $1 AND n.number = c.number
ORDER BY c.count DESC, n.user_id LIMIT $4`;

/**
 * Finds the users of an account with most events in a window.
 *
 * @param session in a snapshot, which several statements share
 * @param mostCandidates users whose names are looked up at most, to spare the numbers of everyone else
 */
export async function readTopUsers(
  session: Session,
  accountId: string,
  window: Span,
  limit: number,
  mostCandidates = usualCandidates,
): Promise<TopUsers> {
  const tally = new UserTally();
  const rolledUp = await addUserRollUps(session, accountId, wholeWindows(window), tally);
  if (rolledUp.windowsUs.length === 0) {
    const users = await readFromRows(session, accountId, window, limit);
    return { users, rolledUpEvents: 0 };
  }
  const gaps = gapsBetween(window, rolledUp.windowsUs);
  const candidates = tally.candidates(limit, mostCandidates);
  const others = await addGaps(session, accountId, gaps, limit, candidates, tally);
  const { numbers, counts } = tally.greatest(limit);
  const named = await session.query<UserCount>({
    name: 'read-user-names',
    text: names,
    values: [accountId, numbers, counts, limit],
  });
  const users = [...named.rows, ...others].sort(mostFirst).slice(0, limit);
  return { users, rolledUpEvents: rolledUp.events };
}

async function addUserRollUps(
  session: Session,
  accountId: string,
  [firstUs, endUs]: Span,
  tally: UserTally,
): Promise<{ windowsUs: bigint[]; events: number }> {
  const windowsUs: bigint[] = [];
  let events = 0;
  for (let fromUs = firstUs; fromUs < endUs;) {
    const { rows } = await session.query<{ startUs: string; events: number; counts: Buffer }>({
      name: 'read-user-rollups',
      text: rolledUpWindows,
      values: [accountId, ...instants([fromUs, endUs])],
    });
    for (const { startUs, events: ofWindow, counts } of rows) {
      tally.addPacked(counts);
      windowsUs.push(BigInt(startUs));
      events += ofWindow;
    }
    if (rows.length < windowsPerPage) break;
    fromUs = (windowsUs.at(-1) ?? endUs) + windowUs;
  }
  return { windowsUs, events };
}

async function addGaps(
  session: Session,
  accountId: string,
  gaps: readonly Span[],
  limit: number,
  { slack, numbers }: Candidates,
  tally: UserTally,
): Promise<UserCount[]> {
  const [starts, stops] = [gaps.map(([start]) => start), gaps.map(([, stop]) => stop)];
  const values = [accountId, instants(starts), instants(stops), limit];
  const { rows } = await session.query<{ numbered: Buffer; others: UserCount[] }>(
    slack > 0
      ? {
          name: 'read-candidates-beside-rollups',
          text: candidatesBesideRollUps,
          values: [...values, slack, numbers],
        }
      : { name: 'read-users-beside-rollups', text: everyUserBesideRollUps, values },
  );
  if (!rows[0]) throw new Error('A query without a table gives one row');
  tally.addLinedUp(rows[0].numbered);
  return rows[0].others;
}

async function readFromRows(
  session: Session,
  accountId: string,
  window: Span,
  limit: number,
): Promise<UserCount[]> {
  const { rows } = await session.query<UserCount>({
    name: 'read-top-users',
    text: fromRows,
    values: [accountId, ...instants(window), limit],
  });
  return rows;
}

/** As PostgreSQL orders by: the count down, then the name by byte. */
function mostFirst(a: UserCount, b: UserCount): number {
  return b.count - a.count || Buffer.compare(Buffer.from(a.user_id), Buffer.from(b.user_id));
}
