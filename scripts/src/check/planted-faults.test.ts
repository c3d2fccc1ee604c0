import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventRow } from '@event-platform/shared/contracts/event';
import { buryEvent } from '@event-platform/shared/database/dead-letters';
import { foldLog } from '@event-platform/shared/database/ledger-audit';
import { writeWitness } from '@event-platform/shared/database/ledger-witnesses';
import { storeEvents } from '@event-platform/shared/database/store-events';
import { TextQueue } from '@event-platform/shared/queue/text-job';
import { rowsJson, testShard } from '@event-platform/shared/testing/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/shared/testing/test-database';
import { testRedis } from '@event-platform/shared/testing/test-redis';
import { runEp } from '../lib/run-ep.ts';
import { createEventSource, type CheckEvent } from './check-event.ts';
import { JournalWriter, readJournal } from './journal.ts';
import { judgeEvidence, type Finding } from './judge-evidence.ts';
import { hashPayload } from './payload-hash.ts';
import { readKept, readQueue } from './read-evidence.ts';
import { seededRandom } from '@event-platform/shared/testing/seeded-random';

// Every fault is planted into real tables behind the back of the checker, which has to find it.

const dir = mkdtempSync(join(tmpdir(), 'ep-planted-'));
const corner = testRedis();
const names = { prefix: corner.prefix, queueName: 'events' };
const journalFile = join(dir, 'journal');
let redis: Redis;
let databases: TestDatabase[];
let pool: pg.Pool;
let otherPool: pg.Pool;

const events = 60;

/** The row that the api makes of an event. */
function rowOf(event: CheckEvent): EventRow {
  const { account_id: a, event_id: e, user_id: u, type: t, timestamp: s, metadata: m } = event;
  return { a, e, u, t, s, r: '2026-11-23T09:00:00.000Z', m };
}

/** As an api and a worker do it, ledger and all. */
async function acceptAndStore(rows: readonly EventRow[]): Promise<void> {
  const accounts = [...Map.groupBy(rows, ({ a }) => a)].map(
    ([accountId, own]) => [accountId, own.length] as const,
  );
  const minute = Date.parse(rows[0]?.r ?? '') / 60_000;
  await storeEvents(pool, rowsJson(rows), [
    { id: randomUUID(), minute, accounts, isDirect: false },
  ]);
  const counts = accounts.map(([accountId, n]) => ({
    accountId,
    minute,
    process: 'api',
    events: n,
  }));
  for (const witness of ['counted', 'queued'] as const) await writeWitness(pool, witness, counts);
}

function hashed(event: CheckEvent) {
  const { account_id: accountId, event_id: eventId, user_id: userId, type } = event;
  const { timestamp, metadata } = event;
  const hash = hashPayload({ accountId, eventId, userId, type, timestamp, metadata });
  return { accountId, eventId, hash };
}

beforeAll(async () => {
  redis = new Redis(corner.url);
  databases = [await createTestDatabase(), await createTestDatabase()];
  [pool, otherPool] = databases.map(({ url }) => testShard(url).pool) as [pg.Pool, pg.Pool];
});
beforeEach(async () => {
  for (const each of [pool, otherPool]) {
    await each.query(
      'TRUNCATE events, event_counts, dead_letters, ledger, ledger_log, ledger_lots, ledger_witnesses',
    );
  }
  const random = seededRandom(1);
  const next = createEventSource({ accountPrefix: 'p', accounts: 3, random, now: Date.now });
  const sent = Array.from({ length: events }, next);
  const journal = new JournalWriter(journalFile);
  journal.got(
    journal.sent(sent.map(hashed)),
    sent.map(() => 'ok'),
  );
  journal.close();
  await acceptAndStore(sent.map(rowOf));
});
afterEach(() => rmSync(journalFile));
afterAll(async () => {
  await Promise.all([pool.end(), otherPool.end()]);
  await Promise.all(databases.map((database) => database.drop()));
  await corner.cleanup();
  await redis.quit();
  rmSync(dir, { recursive: true });
});

/** As an api does it every ten seconds. */
async function foldLogs(): Promise<void> {
  for (const each of [pool, otherPool]) await foldLog(each);
}

async function findings(): Promise<Pick<Finding, 'kind' | 'count'>[]> {
  const shards = [
    { name: 'main', pool },
    { name: 'other', pool: otherPool },
  ];
  await foldLogs();
  const kept = await readKept(shards, undefined, 0);
  const queue = await readQueue(redis, names);
  const verdict = judgeEvidence({ attempted: readJournal(journalFile), ...kept, queue });
  expect(verdict).toMatchObject({ attempted: events, accepted: events });
  return verdict.findings.map(({ kind, count }) => ({ kind, count }));
}

const oneEvent = `SELECT account_id, event_id FROM events ORDER BY account_id, event_id LIMIT 1`;
const where = `WHERE (account_id, event_id) = (${oneEvent})`;
const itsCount = (table: string) =>
  `WHERE (account_id, type, minute) = (SELECT account_id, type, date_trunc('minute', timestamp) FROM ${table} ${where})`;

/** Takes one row away, and its part of the roll-up: nothing but the event itself tells. */
async function losing(): Promise<void> {
  await pool.query(`UPDATE event_counts SET count = count - 1 ${itsCount('events')}`);
  await pool.query(`DELETE FROM events ${where}`);
  await pool.query('DELETE FROM event_counts WHERE count = 0');
}

async function storingOnTwoShards(): Promise<void> {
  const { rows } = await pool.query<EventRow>(
    `SELECT account_id AS a, event_id AS e, user_id AS u, type AS t, metadata AS m, received_at AS r,
       to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS s FROM events ${where}`,
  );
  await storeEvents(otherPool, rowsJson(rows));
}

const foreign: EventRow = {
  ...{ a: 'p-0', e: 'nobody', u: 'u', t: 't', m: {} },
  ...{ s: '2026-11-01T00:00:00Z', r: '2026-11-01T00:00:00Z' },
};

const unledgered = { kind: 'ledger', count: 1 } as const;

const cause = { reason: 'data_error', sqlstate: '22P05', message: 'no', attempts: 1 };

/** An event that died: its row is taken away and kept as a letter. */
async function dying(change: Partial<EventRow> = {}): Promise<void> {
  const [event] = (
    await pool.query<CheckEvent>(
      `SELECT account_id, event_id, user_id, type, metadata,
         to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS timestamp FROM events ${where}`,
    )
  ).rows;
  if (event) await buryEvent(pool, { ...rowOf(event), ...change }, cause);
  await foldLog(pool);
  await pool.query(`UPDATE ledger SET stored = stored - 1 WHERE account_id = $1`, [
    event?.account_id,
  ]);
  await losing();
}

const leavingAJob = async (): Promise<void> => {
  const queue = new TextQueue(names.queueName, { connection: redis, prefix: names.prefix });
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
      'a number in metadata that changed',
      () =>
        pool.query(`UPDATE events SET metadata = jsonb_set(metadata, '{price}', '0.001') ${where}`),
      [{ kind: 'altered', count: 1 }],
    ],
    [
      'a microsecond that was lost',
      () =>
        pool.query(
          `UPDATE events SET timestamp = date_trunc('second', timestamp) + interval '1 us' ${where}`,
        ),
      [{ kind: 'altered', count: 1 }],
    ],
    [
      'an event that nobody sent',
      () => storeEvents(pool, rowsJson([foreign])),
      [{ kind: 'foreign', count: 1 }, unledgered],
    ],
    [
      'a roll-up that counts one too many',
      () => pool.query(`UPDATE event_counts SET count = count + 1 ${itsCount('events')}`),
      [{ kind: 'roll_up', count: 1 }],
    ],
    [
      'a roll-up that is missing',
      () => pool.query(`DELETE FROM event_counts ${itsCount('events')}`),
      [{ kind: 'roll_up', count: 1 }],
    ],
    [
      'a roll-up of nothing',
      () => pool.query(`INSERT INTO event_counts VALUES ('p-0', '2020-01-01', 'ghost', 1)`),
      [{ kind: 'roll_up', count: 1 }],
    ],
    ['no loss in an event that is dead', dying, []],
    [
      'a dead letter whose content changed',
      () => dying({ u: 'other' }),
      [{ kind: 'altered', count: 1 }],
    ],
    [
      'a dead letter of an event that nobody sent',
      () => buryEvent(pool, foreign, cause),
      [{ kind: 'foreign', count: 1 }],
    ],
    [
      'an event that the ledger misses',
      () => pool.query(`UPDATE ledger_witnesses SET queued = queued + 1 WHERE account_id = 'p-0'`),
      [unledgered],
    ],
    [
      'an event that the ledger has in excess',
      () =>
        pool.query(
          `UPDATE ledger_witnesses SET counted = counted - 1, queued = queued - 1 WHERE account_id = 'p-1'`,
        ),
      [unledgered],
    ],
    [
      'accounts that no ledger tells of',
      () => pool.query('TRUNCATE ledger_log, ledger_witnesses'),
      [{ kind: 'ledger', count: 3 }],
    ],
    [
      'a ledger that took a stored event for a duplicate',
      async () => {
        await foldLog(pool);
        await pool.query(`UPDATE ledger SET stored = stored - 1 WHERE account_id = 'p-2'`);
      },
      [unledgered],
    ],
  ])('%s', async (...[, plant, found]) => {
    await plant();
    expect(await findings()).toEqual(found);
  });

  test('the loss of an event that was called stored, by a name of its own', async () => {
    const attempted = [...readJournal(journalFile).values()];
    const journal = new JournalWriter(journalFile);
    const stored = attempted.map(() => 'stored' as const);
    journal.got(journal.sent(attempted), stored);
    journal.close();
    await losing();
    expect(await findings()).toEqual([{ kind: 'unstored', count: 1 }, unledgered]);
  });

  test('a second row, in a table that lost its key', async () => {
    const key = 'CONSTRAINT events_account_id_event_id_pk';
    await pool.query(`ALTER TABLE events DROP ${key}`);
    await pool.query(`UPDATE event_counts SET count = count + 1 ${itsCount('events')}`);
    await pool.query(`INSERT INTO events SELECT * FROM events ${where}`);
    expect(await findings()).toEqual([{ kind: 'doubled', count: 1 }, unledgered]);
    await pool.query('TRUNCATE events');
    await pool.query(`ALTER TABLE events ADD ${key} PRIMARY KEY (account_id, event_id)`);
  });

  test('an event that is stored though every attempt was refused', async () => {
    const journal = new JournalWriter(journalFile);
    const { a: accountId, e: eventId, u: userId, t: type, s: timestamp, m: metadata } = foreign;
    const hash = hashPayload({ accountId, eventId, userId, type, timestamp, metadata });
    journal.got(journal.sent([{ accountId, eventId, hash }]), ['rejected']);
    journal.close();
    await storeEvents(pool, rowsJson([foreign]));
    await foldLogs();
    const kept = await readKept([{ name: 'main', pool }], undefined, 0);
    const verdict = judgeEvidence({ attempted: readJournal(journalFile), ...kept, queue: {} });
    expect(verdict.findings).toMatchObject([
      { kind: 'refused', samples: ['p-0/nobody, as row'] },
      { kind: 'ledger', samples: [expect.stringMatching(/^p-0: .* 1 in excess$/)] },
    ]);
  });

  test('a job that is left in the queue', async () => {
    await leavingAJob();
    expect(await findings()).toEqual([{ kind: 'left', count: 1 }]);
    await corner.cleanup();
  });
});

describe('ep check compare', () => {
  beforeEach(foldLogs);
  const compare = () =>
    runEp(
      ['check', 'compare', journalFile, '--rest-seconds', '0', '--redis-prefix', corner.prefix],
      { DATABASE_URL: databases[0]?.url ?? '', REDIS_URL: corner.url },
    );

  test('ends with 0 and a sentence when the promise was kept, whatever other accounts do', async () => {
    await storeEvents(pool, rowsJson([{ ...foreign, a: 'somebody else' }]));
    const { code, stdout } = await compare();
    expect(stdout).toMatch(/Everything accepted is kept, once and unchanged/);
    expect(code).toBe(0);
  });

  test('ends with 1 and names the event when one was lost', async () => {
    await losing();
    const { code, stdout } = await compare();
    expect(stdout).toMatch(
      /^1 accepted, and neither stored nor dead:\n {2}p-\d\/p-\d+, accepted at /m,
    );
    expect(code).toBe(1);
  });
});
