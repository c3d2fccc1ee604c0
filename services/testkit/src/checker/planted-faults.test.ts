import { describe, expect, test } from '@jest/globals';
import { plainRow, tenantColumns, type EventRow } from '@event-platform/core/event/columns';
import { deadLetterEvent } from '@event-platform/core/storage/dead-letters/dead-letters';
import { applyLog } from '@event-platform/core/storage/ledger/ledger-audit';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { rowsJson } from '../harness/sample-events.ts';
import { JournalWriter, readJournal } from './journal.ts';
import { checkEvidence, type Finding } from './check-evidence.ts';
import { readKept, readQueue } from './read-evidence.ts';
import { attemptOf, sentEvents, useCheckedHarness } from './testing/checked-harness.ts';
import { loseOneEvent, whereItsCount, whereOneEvent } from './testing/one-event.ts';

// Every fault is planted into real tables behind the back of the checker, which has to find it.

const harness = useCheckedHarness();
const names = { prefix: harness.corner.prefix, queueName: 'events' };

async function findings(): Promise<Pick<Finding, 'kind' | 'count'>[]> {
  const shards = [
    { name: 'main', pool: harness.pool },
    { name: 'other', pool: harness.otherPool },
  ];
  await harness.applyLogs();
  const kept = await readKept(shards, undefined, 0);
  const queue = await readQueue(harness.redis, names);
  const result = checkEvidence({ attempted: readJournal(harness.journalFile), ...kept, queue });
  expect(result).toMatchObject({ attempted: sentEvents, accepted: sentEvents });
  return result.findings.map(({ kind, count }) => ({ kind, count }));
}

const losing = () => loseOneEvent(harness.pool);

async function storingOnTwoShards(): Promise<void> {
  const { rows } = await harness.pool.query<{ row: EventRow }>(
    `SELECT to_jsonb(events) AS row FROM events ${whereOneEvent}`,
  );
  await storeEvents(harness.otherPool, rowsJson(rows.map(({ row }) => row)));
}

const foreign: EventRow = {
  ...plainRow('foreign', '2026-11-01T00:00:00Z'),
  account_id: 'p-0',
};

/** The smallest change of a value: one character, one microsecond, one number. */
const changes = {
  text: (name: string) => `overlay(${name} placing '!' from 1 for 1)`,
  timestamptz: (name: string) => `${name} + interval '1 us'`,
  jsonb: (name: string) => `jsonb_set(${name}, '{price}', '0.001')`,
};

/** What is stored under the key of an event, with a change of each. */
const content = tenantColumns
  .map(({ name, pgType }) => [name, changes[pgType](name)] as const)
  .filter(([name]) => name !== 'account_id' && name !== 'event_id');

const unledgered = { kind: 'ledger', count: 1 } as const;

const cause = { reason: 'data_error', sqlstate: '22P05', message: 'no', attempts: 1 };

/** An event that was refused: its row is removed and kept as a dead letter. */
async function dying(change: Partial<EventRow> = {}): Promise<void> {
  const { rows } = await harness.pool.query<{ row: EventRow }>(
    `SELECT to_jsonb(events) AS row FROM events ${whereOneEvent}`,
  );
  const event = rows[0]?.row;
  if (event) await deadLetterEvent(harness.pool, { ...event, ...change }, cause);
  await applyLog(harness.pool);
  await harness.pool.query(`UPDATE ledger SET stored = stored - 1 WHERE account_id = $1`, [
    event?.account_id,
  ]);
  await losing();
}

const leavingAJob = async (): Promise<void> => {
  const queue = new TextQueue(names.queueName, { connection: harness.redis, prefix: names.prefix });
  await queue.add('events', '{}');
  await queue.close();
};

describe('the checker finds', () => {
  test('nothing where nothing is wrong', async () => {
    expect(await findings()).toEqual([]);
  });

  test.each<[string, () => Promise<unknown>, Pick<Finding, 'kind' | 'count'>[]]>([
    ['a loss that the roll-up does not show', losing, [{ kind: 'lost', count: 1 }, unledgered]],
    ['an event on two shards', storingOnTwoShards, [{ kind: 'doubled', count: 1 }, unledgered]],
    [
      'an event that was never sent',
      () => storeEvents(harness.pool, rowsJson([foreign])),
      [{ kind: 'foreign', count: 1 }, unledgered],
    ],
    [
      'a roll-up that counts one too many',
      () => harness.pool.query(`UPDATE event_counts SET count = count + 1 ${whereItsCount}`),
      [{ kind: 'roll_up', count: 1 }],
    ],
    [
      'a roll-up that is missing',
      () => harness.pool.query(`DELETE FROM event_counts ${whereItsCount}`),
      [{ kind: 'roll_up', count: 1 }],
    ],
    [
      'a roll-up of nothing',
      () => harness.pool.query(`INSERT INTO event_counts VALUES ('p-0', '2020-01-01', 'ghost', 1)`),
      [{ kind: 'roll_up', count: 1 }],
    ],
    ['no loss in an event that is dead', dying, []],
    [
      'a dead letter whose content changed',
      () => dying({ user_id: 'other' }),
      [{ kind: 'altered', count: 1 }],
    ],
    [
      'a dead letter of an event that was never sent',
      () => deadLetterEvent(harness.pool, foreign, cause),
      [{ kind: 'foreign', count: 1 }],
    ],
    [
      'an event that the ledger misses',
      () =>
        harness.pool.query(
          `UPDATE ledger_sources SET queued = queued + 1 WHERE account_id = 'p-0'`,
        ),
      [unledgered],
    ],
    [
      'an event that the ledger has in excess',
      () =>
        harness.pool.query(
          `UPDATE ledger_sources SET counted = counted - 1, queued = queued - 1 WHERE account_id = 'p-1'`,
        ),
      [unledgered],
    ],
    [
      'accounts that no ledger counts',
      () => harness.pool.query('TRUNCATE ledger_log, ledger_sources'),
      [{ kind: 'ledger', count: 3 }],
    ],
    [
      'a ledger that took a stored event for a duplicate',
      async () => {
        await applyLog(harness.pool);
        await harness.pool.query(`UPDATE ledger SET stored = stored - 1 WHERE account_id = 'p-2'`);
      },
      [unledgered],
    ],
  ])('%s', async (...[, plant, found]) => {
    await plant();
    expect(await findings()).toEqual(found);
  });

  test.each(content)('a change of %s', async (name, change) => {
    await harness.pool.query(`UPDATE events SET ${name} = ${change} ${whereOneEvent}`);
    expect(await findings()).toContainEqual({ kind: 'altered', count: 1 });
  });

  test('the loss of an event that was called stored, by a name of its own', async () => {
    const attempted = [...readJournal(harness.journalFile).values()];
    const journal = new JournalWriter(harness.journalFile);
    const stored = attempted.map(() => 'stored' as const);
    journal.got(journal.sent(attempted), stored);
    journal.close();
    await losing();
    expect(await findings()).toEqual([{ kind: 'unstored', count: 1 }, unledgered]);
  });

  test('a second row, in a table that lost its key', async () => {
    const key = 'CONSTRAINT events_account_id_event_id_pk';
    await harness.pool.query(`ALTER TABLE events DROP ${key}`);
    await harness.pool.query(`UPDATE event_counts SET count = count + 1 ${whereItsCount}`);
    await harness.pool.query(`INSERT INTO events SELECT * FROM events ${whereOneEvent}`);
    expect(await findings()).toEqual([{ kind: 'doubled', count: 1 }, unledgered]);
    await harness.pool.query('TRUNCATE events');
    await harness.pool.query(`ALTER TABLE events ADD ${key} PRIMARY KEY (account_id, event_id)`);
  });

  test('an event that is stored though every attempt was refused', async () => {
    const journal = new JournalWriter(harness.journalFile);
    journal.got(journal.sent([attemptOf(foreign)]), ['rejected']);
    journal.close();
    await storeEvents(harness.pool, rowsJson([foreign]));
    await harness.applyLogs();
    const kept = await readKept([{ name: 'main', pool: harness.pool }], undefined, 0);
    const result = checkEvidence({
      attempted: readJournal(harness.journalFile),
      ...kept,
      queue: {},
    });
    expect(result.findings).toMatchObject([
      { kind: 'refused', samples: ['p-0/foreign, as row'] },
      { kind: 'ledger', samples: [expect.stringMatching(/^p-0: .* 1 in excess$/)] },
    ]);
  });

  test('a job that is left in the queue', async () => {
    await leavingAJob();
    expect(await findings()).toEqual([{ kind: 'left', count: 1 }]);
    await harness.corner.cleanup();
  });
});
