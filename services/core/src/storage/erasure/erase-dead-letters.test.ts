import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventRow } from '../../event/columns.ts';
import { eventRow, jobText, testShard } from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { editDeadLetter } from '../dead-letters/dead-letter-edit.ts';
import { discardDeadLetters, findDeadLetter } from '../dead-letters/dead-letter-list.ts';
import { deadLetterEvent, deadLetterEvents } from '../dead-letters/dead-letters.ts';
import { applyLog } from '../ledger/ledger-audit.ts';
import { settleLedgerEntries } from '../ledger/ledger-entries.ts';
import { readLedger } from '../ledger/ledger-report.ts';
import type { Shard } from '../placement/shards.ts';
import { eraseDeadLetters } from './erase-dead-letters.ts';
import type { Subject } from './subject.ts';
import { eraseUnreadable, findUnreadable } from './unreadable-dead-letters.ts';

let database: TestDatabase;
let pool: Shard['pool'];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = testShard(database.url).pool;
});
afterEach(() => pool.query('TRUNCATE dead_letters, ledger, ledger_entries, ledger_log'));
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const cause = { reason: 'data_error', sqlstate: '22P05', message: 'no', attempts: 1 };
const addDeadLetter = (row: EventRow, reason = cause.reason) =>
  deadLetterEvent(pool, row, { ...cause, reason });

async function erase(subject: Subject, end?: 'ROLLBACK'): Promise<number> {
  let erased = 0;
  for await (const deadLetters of eraseDeadLetters(pool, subject, end)) erased += deadLetters;
  return erased;
}

async function ids(): Promise<string[]> {
  const { rows } = await pool.query<{ event_id: string }>(
    'SELECT event_id FROM dead_letters ORDER BY event_id',
  );
  return rows.map(({ event_id }) => event_id);
}

describe('dead letters', () => {
  test('of a user are found in their text, as died or as edited, whatever killed them', async () => {
    await addDeadLetter(eventRow({ event_id: 'plain', user_id: 'ada' }));
    await addDeadLetter(eventRow({ event_id: 'nul', user_id: 'ada', metadata: { text: 'a\0b' } }));
    await addDeadLetter(eventRow({ event_id: 'edited', user_id: 'adda' }));
    await addDeadLetter(
      eventRow({ event_id: 'of eve', user_id: 'eve', metadata: { user_id: 'ada' } }),
    );
    await addDeadLetter(eventRow({ event_id: 'elsewhere', user_id: 'ada', account_id: 'other' }));
    const deadLetter = await findDeadLetter(pool, 'acme', 'edited');
    if (!deadLetter) throw new Error('It was dead-lettered');
    await editDeadLetter(
      pool,
      deadLetter,
      JSON.stringify(eventRow({ event_id: 'edited', user_id: 'ada' })),
    );
    expect(await erase({ accountId: 'acme', userId: 'ada' }, 'ROLLBACK')).toBe(3);
    expect(await ids()).toHaveLength(5);
    expect(await erase({ accountId: 'acme', userId: 'ada' })).toBe(3);
    expect(await ids()).toEqual(['elsewhere', 'of eve']);
  });

  test('of an account go, discarded ones and more than a page of them too', async () => {
    const rows = Array.from({ length: 450 }, () => eventRow());
    await deadLetterEvents(
      pool,
      [...rows, eventRow({ event_id: 'stays', account_id: 'other' })].map((row) => ({
        row,
        cause,
      })),
    );
    await discardDeadLetters(pool, { accountId: 'acme' }, 'test', 10);
    expect(await erase({ accountId: 'acme' })).toBe(450);
    expect(await ids()).toEqual(['stays']);
  });

  test('leave the ledger balanced, without them', async () => {
    const row = eventRow();
    const minute = Math.floor(Date.parse(row.received_at) / 60_000);
    await addDeadLetter(row);
    await addDeadLetter(eventRow({ received_at: row.received_at }));
    const ledgerEntry = {
      id: randomUUID(),
      minute,
      isDirect: true,
      accounts: [['acme', 3]] as const,
    };
    await settleLedgerEntries(pool, [ledgerEntry]);
    await applyLog(pool);
    expect(await erase({ accountId: 'acme' })).toBe(2);
    const later = new Date('2100-01-01Z');
    const [line] = await readLedger(pool, {
      ...{ accountId: undefined, from: new Date(0), to: later },
      ...{ lostBefore: later, finalBefore: later, held: [] },
    });
    expect(line).toMatchObject({ accepted: 1, duplicates: 1, dead: 0, missing: 0, excess: 0 });
  });

  test('of no batch id make no imbalance', async () => {
    const row = eventRow();
    await addDeadLetter(row);
    await pool.query(
      `INSERT INTO ledger (account_id, minute, accepted, settled, stored)
       VALUES ('acme', date_trunc('minute', $1::timestamptz), 2, 2, 2)`,
      [row.received_at],
    );
    await erase({ accountId: 'acme' });
    const { rows } = await pool.query('SELECT accepted, settled, stored FROM ledger');
    expect(rows).toEqual([{ accepted: 2, settled: 2, stored: 2 }]);
  });
});

describe('dead letters of unreadable jobs', () => {
  const unreadable = (e: string, data: string) =>
    addDeadLetter(
      eventRow({ account_id: 'unknown', event_id: e, user_id: 'unknown', metadata: { data } }),
      'job_unreadable',
    );

  test('are classified: of this account alone, perhaps of others too, and not at all', async () => {
    const broken = (rows: EventRow[]) => jobText(rows).replace(/\{"serial":\d+\}/, '{');
    await unreadable('own', broken([eventRow({ user_id: 'ada' })]));
    await unreadable(
      'shared',
      broken([eventRow({ user_id: 'eve' }), eventRow({ account_id: 'other' })]),
    );
    await unreadable('foreign program', JSON.stringify({ tenant: 'acme', who: 'ada' }));
    await unreadable('of another', broken([eventRow({ account_id: 'acme-2', user_id: 'ada' })]));
    const found = await findUnreadable(pool, { accountId: 'acme' });
    expect(found).toEqual([
      { eventId: 'foreign program', isTheirs: false },
      { eventId: 'own', isTheirs: true },
      { eventId: 'shared', isTheirs: false },
    ]);
    expect(await findUnreadable(pool, { accountId: 'acme', userId: 'ada' })).toEqual([
      { eventId: 'foreign program', isTheirs: false },
      { eventId: 'own', isTheirs: false },
    ]);
    expect(await eraseUnreadable(pool, found)).toBe(3);
    expect(await ids()).toEqual(['of another']);
  });

  test('are not those of an account that is called like them', async () => {
    await unreadable('job', 'whatever');
    await addDeadLetter(eventRow({ account_id: 'unknown', event_id: 'event' }));
    expect(await erase({ accountId: 'unknown' })).toBe(1);
    expect(await ids()).toEqual(['job']);
  });
});
