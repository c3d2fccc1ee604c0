import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { EventRow } from '@event-platform/core/event/columns';
import { applyLog } from '@event-platform/core/storage/ledger/ledger-audit';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { rowsJson, testShard } from '../../harness/sample-events.ts';
import { acceptLedgerEntries, ledgerTables, ledgerEntryOf } from '../../harness/sample-ledger.ts';
import { seededRandom } from '../../harness/seeded-random.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/test-database.ts';
import { testRedis, type TestRedis } from '../../harness/test-redis.ts';
import { createEventSource, type CheckEvent } from '../check-event.ts';
import { JournalWriter } from '../journal.ts';
import { hashPayload } from '../payload-hash.ts';

/** Events that each test finds sent, accepted and stored. */
export const sentEvents = 60;

/** Two shards, a corner of Redis and a journal, in which nothing is wrong before each test. */
export interface CheckedHarness {
  readonly redis: Redis;
  readonly corner: TestRedis;
  /** Holds the events. */
  readonly pool: pg.Pool;
  readonly url: string;
  /** Holds none. */
  readonly otherPool: pg.Pool;
  readonly journalFile: string;
  /** Applies the logs of both, as the maintainer does every ten seconds. */
  applyLogs: () => Promise<void>;
}

/** The row that the api makes of an event. */
export function rowOf(event: CheckEvent): EventRow {
  return { ...event, received_at: '2026-11-23T09:00:00.000Z' };
}

/** What the journal writes of a row's event. */
export function attemptOf(row: EventRow) {
  return { accountId: row.account_id, eventId: row.event_id, hash: hashPayload(row) };
}

/** As an api and a worker do it, ledger and all. */
async function acceptAndStore(pool: pg.Pool, rows: readonly EventRow[]): Promise<void> {
  const ledgerEntries = [
    ledgerEntryOf(rows, { minute: Date.parse(rows[0]?.received_at ?? '') / 60_000 }),
  ];
  await storeEvents(pool, rowsJson(rows), ledgerEntries);
  await acceptLedgerEntries(pool, ledgerEntries);
}

/** Sends the events anew, to be called before each test. */
async function sendAnew({ pool, otherPool, journalFile }: CheckedHarness): Promise<void> {
  for (const each of [pool, otherPool]) {
    await each.query(`TRUNCATE ${ledgerTables}`);
  }
  const random = seededRandom(1);
  const next = createEventSource({ accountPrefix: 'p', accounts: 3, random, now: Date.now });
  const rows = Array.from({ length: sentEvents }, next).map(rowOf);
  const journal = new JournalWriter(journalFile);
  journal.got(
    journal.sent(rows.map(attemptOf)),
    rows.map(() => 'ok'),
  );
  journal.close();
  await acceptAndStore(pool, rows);
}

/** Gives a test file such a harness, and removes it. Call it at the top of the file. */
export function useCheckedHarness(): CheckedHarness {
  const dir = mkdtempSync(join(tmpdir(), 'ep-planted-'));
  const corner = testRedis();
  let redis: Redis;
  let databases: TestDatabase[];
  let pools: [pg.Pool, pg.Pool];
  const harness: CheckedHarness = {
    corner,
    journalFile: join(dir, 'journal'),
    get redis() {
      return redis;
    },
    get url() {
      return databases[0]?.url ?? '';
    },
    get pool() {
      return pools[0];
    },
    get otherPool() {
      return pools[1];
    },
    applyLogs: async () => {
      for (const each of pools) await applyLog(each);
    },
  };
  beforeAll(async () => {
    redis = new Redis(corner.url);
    databases = [await createTestDatabase(), await createTestDatabase()];
    pools = databases.map(({ url }) => testShard(url).pool) as [pg.Pool, pg.Pool];
  });
  beforeEach(() => sendAnew(harness));
  afterEach(() => rmSync(harness.journalFile));
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await Promise.all(databases.map((database) => database.drop()));
    await corner.cleanup();
    await redis.quit();
    rmSync(dir, { recursive: true });
  });
  return harness;
}
