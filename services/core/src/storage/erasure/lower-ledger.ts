import type pg from 'pg';

type Session = Pick<pg.ClientBase, 'query'>;

const minuteCounts = 'jsonb_to_recordset($2::jsonb) AS x(m bigint, n bigint)';
const isMeant = 'c.account_id = $1 AND c.minute = to_timestamp(x.m * 60)';

// All three alike: what is due, and what is stored beyond what was settled, do not change, so an erasure
// neither hides an imbalance nor makes one. `accepted` may be below zero until its sources are applied. A
// minute that was deleted is not made again.
const stored = `
UPDATE ledger AS c SET
  accepted = c.accepted - x.n, settled = c.settled - x.n, stored = c.stored - x.n
FROM ${minuteCounts} WHERE ${isMeant}`;

// Only as many as were settled without being stored: an event may have a dead letter beside its row, or one
// of no batch id.
const dead = `
UPDATE ledger AS c SET
  accepted = c.accepted - least(x.n, greatest(c.settled - c.stored, 0)),
  settled = c.settled - least(x.n, greatest(c.settled - c.stored, 0))
FROM ${minuteCounts} WHERE ${isMeant}`;

/**
 * Subtracts stored events from the ledger, in the transaction that erases their rows. The log has
 * to be applied before, and the ledger locked.
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

/** The same for events whose dead letters are erased. */
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
