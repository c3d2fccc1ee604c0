import type pg from 'pg';

type Session = Pick<pg.ClientBase, 'query'>;

const minuteCounts = 'jsonb_to_recordset($2::jsonb) AS x(m bigint, n bigint)';
const isMeant = 'c.account_id = $1 AND c.minute = to_timestamp(x.m * 60)';

// All three alike: what is due, and what is stored beyond what was settled, stay what they were, so an
// erasure neither hides an imbalance nor makes one. `accepted` may be below zero until its witnesses
// are folded in. A cell that is not there was forgotten, and is not made again.
const stored = `
UPDATE ledger AS c SET
  accepted = c.accepted - x.n, settled = c.settled - x.n, stored = c.stored - x.n
FROM ${minuteCounts} WHERE ${isMeant}`;

// As many as were settled without being stored: an event may have a letter beside its row, or one that
// no lot knows.
const dead = `
UPDATE ledger AS c SET
  accepted = c.accepted - least(x.n, greatest(c.settled - c.stored, 0)),
  settled = c.settled - least(x.n, greatest(c.settled - c.stored, 0))
FROM ${minuteCounts} WHERE ${isMeant}`;

/**
 * Takes stored events out of the ledger, in the transaction that takes out their rows. The log is to
 * be folded before, and the ledger locked.
 *
 * @param minutes of receipt, one for each event, since 1970
 */
export async function lowerStored(
  session: Session,
  accountId: string,
  minutes: readonly number[],
): Promise<void> {
  const values = [accountId, countMinutes(minutes)];
  await session.query({ name: 'lower-ledger-stored', text: stored, values });
}

/** The same of events whose dead letters are taken out. */
export async function lowerDeadLettered(
  session: Session,
  accountId: string,
  minutes: readonly number[],
): Promise<void> {
  const values = [accountId, countMinutes(minutes)];
  await session.query({ name: 'lower-ledger-dead', text: dead, values });
}

function countMinutes(minutes: readonly number[]): string {
  const groups = Map.groupBy(minutes, (minute) => minute);
  return JSON.stringify([...groups].map(([m, { length }]) => ({ m, n: length })));
}
