import type pg from 'pg';
import type { Count } from '../../event/count.ts';
import { heldCounts, heldParameter } from './ledger-held.ts';
import { unappliedSources } from './ledger-sources.ts';

/** A session in a transaction. */
type Session = Pick<pg.ClientBase, 'query'>;

/** Any constant will do, as long as everyone takes the same one. */
const advisoryLock = 7_203_115;

/** Locks the ledger of this shard until the COMMIT, after any other transaction that holds the lock. */
export async function lockLedger(session: Session): Promise<void> {
  await session.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
}

/**
 * Locks the ledger of this shard until the COMMIT, unless another transaction holds the lock.
 *
 * @returns whether it is locked
 */
export async function tryLockLedger(session: Session): Promise<boolean> {
  const statement = 'SELECT pg_try_advisory_xact_lock($1) AS taken';
  const { rows } = await session.query<{ taken: boolean }>(statement, [advisoryLock]);
  return rows[0]?.taken === true;
}

const applyLogStatement = `
WITH gone AS (
  DELETE FROM ledger_log RETURNING settled, stored
), settled AS (
  SELECT a.value ->> 0 AS account, (l.value ->> 0)::bigint AS minute,
    (l.value ->> 1)::boolean AS direct, (a.value ->> 1)::bigint AS events, g.stored IS NULL AS whole
  FROM gone AS g, jsonb_array_elements(g.settled) AS l, jsonb_array_elements(l.value -> 2) AS a
), entries (account, minute, accepted, settled, stored) AS (
  SELECT account, minute, CASE WHEN direct THEN events ELSE 0 END, events,
    CASE WHEN whole THEN events ELSE 0 END FROM settled
  UNION ALL
  SELECT s.value ->> 0, (s.value ->> 1)::bigint, 0, 0, (s.value ->> 2)::bigint
  FROM gone AS g, jsonb_array_elements(g.stored) AS s
)
INSERT INTO ledger AS c (account_id, minute, accepted, settled, stored)
SELECT account, to_timestamp(minute * 60), sum(accepted), sum(settled), sum(stored)
FROM entries GROUP BY 1, 2
ON CONFLICT (account_id, minute) DO UPDATE SET
  accepted = c.accepted + excluded.accepted, settled = c.settled + excluded.settled,
  stored = c.stored + excluded.stored, closed_at = NULL`;

/** Adds what the batches logged to the ledger. */
export async function applyLog(session: Session): Promise<void> {
  await session.query(applyLogStatement);
}

const applySourcesStatement = `
WITH gone AS (
  DELETE FROM ledger_sources AS w
  WHERE minute < $1 AND NOT (extract(epoch FROM w.minute) / 60)::bigint = ANY ($2::bigint[])
  RETURNING account_id, minute, process, greatest(counted, queued) AS events
), grown AS (
  SELECT g.*, g.events - coalesce(f.events, 0) AS more
  FROM gone AS g LEFT JOIN ledger_applied AS f USING (account_id, minute, process)
  WHERE g.events > coalesce(f.events, 0)
), remembered AS (
  INSERT INTO ledger_applied (account_id, minute, process, events)
  SELECT account_id, minute, process, events FROM grown
  ON CONFLICT (account_id, minute, process) DO UPDATE SET events = excluded.events
)
INSERT INTO ledger AS c (account_id, minute, accepted)
SELECT account_id, minute, sum(more) FROM grown GROUP BY 1, 2
ON CONFLICT (account_id, minute) DO UPDATE SET
  accepted = c.accepted + excluded.accepted, closed_at = NULL`;

/**
 * Applies the sources of minutes that are over to the ledger, and records what it applied: a source that
 * reports again later adds only the difference. The greater of the two counts, process by process: a source
 * can lose counts, but not invent them.
 *
 * @param before only minutes before this; later ones still grow
 * @param inRedis minutes that Redis still holds, which would be written again at once
 */
export async function applySources(
  session: Session,
  before: Date,
  inRedis: readonly number[],
): Promise<void> {
  await session.query(applySourcesStatement, [before, inRedis]);
}

const closeStatement = `
UPDATE ledger AS c SET closed_at = now()
WHERE closed_at IS NULL AND minute < $1 AND accepted = settled AND stored <= settled
  AND NOT EXISTS (SELECT FROM ledger_sources AS w
                  WHERE w.account_id = c.account_id AND w.minute = c.minute)`;

/** Closes the minutes that balance, so that audits skip them until they change. */
export async function closeBalanced(session: Session, before: Date): Promise<void> {
  await session.query(closeStatement, [before]);
}

/** What an audit of one shard found, in events. */
export interface Audit {
  /** Accepted and not dealt with, although nothing as old is in the queue: lost. */
  missing: number;
  /** Dealt with beyond what was accepted, or stored beyond what was dealt with. */
  excess: number;
  /** Accepted and not yet dealt with. */
  pending: number;
  /** The oldest minute of which something is pending. */
  oldestPending: Date | null;
}

const auditStatement = `
WITH accepted AS (
  ${unappliedSources('true')}
), held AS (
  ${heldCounts('$4')}
), minutes AS (
  SELECT minute, coalesce(h.events, 0) AS held,
    coalesce(c.accepted, 0) + coalesce(a.events, 0) - coalesce(c.settled, 0) AS due,
    greatest(coalesce(c.stored, 0) - coalesce(c.settled, 0), 0) AS overstored
  FROM (SELECT account_id, minute FROM ledger WHERE closed_at IS NULL
        UNION SELECT account_id, minute FROM accepted) AS k
    LEFT JOIN ledger AS c USING (account_id, minute)
    LEFT JOIN accepted AS a USING (account_id, minute)
    LEFT JOIN held AS h USING (account_id, minute)
), evaluated AS (
  SELECT minute, CASE WHEN minute < $1 THEN greatest(due - held, 0) ELSE 0 END AS missing,
    CASE WHEN minute < $1 THEN greatest(least(due, held), 0) ELSE greatest(due, 0) END AS pending,
    CASE WHEN minute < $2 THEN greatest(-due, 0) + overstored ELSE 0 END AS excess
  FROM minutes
)
SELECT coalesce(sum(missing) FILTER (WHERE minute >= $3), 0)::bigint AS missing,
  coalesce(sum(excess) FILTER (WHERE minute >= $3), 0)::bigint AS excess,
  coalesce(sum(pending), 0)::bigint AS pending,
  min(minute) FILTER (WHERE pending > 0) AS "oldestPending"
FROM evaluated`;

/**
 * Evaluates every minute that is not closed.
 *
 * @param lostBefore what is due in minutes before this is lost: nothing as old is in the queue
 * @param finalBefore minutes before this have all their counts
 * @param since older imbalances are history: reports show them, alerts no more
 * @param held what stuck jobs hold, which is in the queue however old it is
 */
export async function audit(
  session: Session,
  lostBefore: Date,
  finalBefore: Date,
  since: Date,
  held: readonly Count[],
): Promise<Audit> {
  const values = [lostBefore, finalBefore, since, heldParameter(held)];
  const { rows } = await session.query<Audit>(auditStatement, values);
  if (!rows[0]) throw new Error('An aggregate gives one row');
  return rows[0];
}

/** Rows that one statement removes, so that none runs into its timeout. */
const rowsPerRemoval = 10_000;

const removal = (table: string, condition: string) => `
DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${rowsPerRemoval}))`;

const removals = {
  minuteCounts: removal('ledger', 'closed_at IS NOT NULL AND minute < $1'),
  ledgerEntries: removal('ledger_entries', 'settled_at < $1'),
  applied: removal('ledger_applied', 'minute < $1'),
};

/**
 * Deletes closed minutes, settled batch ids and applied counts that have expired, a few at a time. Minutes
 * that never balanced stay.
 *
 * @param before.ledgerEntries an entry older than this is not delivered again
 * @param before.applied a source does not report a minute older than this again
 */
export async function deleteExpiredLedger(
  pool: pg.Pool,
  before: { minuteCounts: Date; ledgerEntries: Date; applied: Date },
): Promise<void> {
  for (const what of ['minuteCounts', 'ledgerEntries', 'applied'] as const) {
    let removed: number;
    do {
      removed = (await pool.query(removals[what], [before[what]])).rowCount ?? 0;
    } while (removed === rowsPerRemoval);
  }
}
