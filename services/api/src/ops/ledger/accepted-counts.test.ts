import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { migrate } from '@event-platform/core/storage/migrate';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { createLogger } from '@event-platform/core/platform/logger';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { AcceptedCounts } from './accepted-counts.ts';

const minute = Date.parse('2026-11-01T12:00:00Z') / 60_000;
let postgres: OwnServer;
let shard: Shard;
let nowMs: number;
let counts: AcceptedCounts;

beforeAll(async () => {
  postgres = await startOwnPostgres({ synchronous_commit: 'on' });
  await migrate(postgres.url);
  shard = testShard(postgres.url);
});
beforeEach(async () => {
  await shard.pool.query('TRUNCATE ledger_sources');
  nowMs = minute * 60_000;
  const logger = createLogger('test', 'silent');
  counts = new AcceptedCounts({ forAccount: () => shard }, logger, () => nowMs);
});
afterAll(async () => {
  await shard.pool.end();
  await postgres.remove();
});

const count = (events: number, accountId = 'acme') => ({
  accountId,
  minute,
  process: 'api-1',
  events,
});

async function written(): Promise<Record<string, number>> {
  const { rows } = await shard.pool.query<{ account: string; counted: number }>(
    'SELECT account_id AS account, counted FROM ledger_sources ORDER BY 1',
  );
  return Object.fromEntries(rows.map((row) => [row.account, row.counted]));
}

describe('what was accepted', () => {
  test('is written as a whole number, by account', async () => {
    counts.add([count(3), count(1, 'other')]);
    await counts.flush();
    counts.add([count(2)]);
    await counts.flush();
    expect(await written()).toEqual({ acme: 5, other: 1 });
  });

  test('while counts are being written is not forgotten', async () => {
    counts.add([count(3)]);
    const flush = counts.flush();
    counts.add([count(4)]);
    await flush;
    await counts.flush();
    expect(await written()).toEqual({ acme: 7 });
  });

  test('is written again to no effect when only the acknowledgement was lost', async () => {
    counts.add([count(3)]);
    await counts.flush();
    const again = new AcceptedCounts(
      { forAccount: () => shard },
      createLogger('test', 'silent'),
      () => nowMs,
    );
    again.add([count(3)]);
    await again.flush();
    expect(await written()).toEqual({ acme: 3 });
  });

  test('is kept while PostgreSQL is down, minutes long, and written when it is back', async () => {
    counts.add([count(3)]);
    await postgres.kill('SIGKILL');
    await counts.flush();
    nowMs += 10 * 60_000;
    counts.add([count(2)]);
    await counts.flush();
    await postgres.start();
    await eventually(async () => {
      await counts.flush();
      expect(await written()).toEqual({ acme: 5 });
    });
  });

  test('is kept up to a bound, the newest of it, while PostgreSQL is down', async () => {
    const logger = createLogger('test', 'silent');
    const few = new AcceptedCounts({ forAccount: () => shard }, logger, () => nowMs, 3);
    await postgres.kill('SIGKILL');
    for (const account of ['a', 'b', 'c', 'd', 'e']) {
      few.add([count(1, account)]);
      await few.flush();
    }
    await postgres.start();
    await eventually(async () => {
      await few.flush();
      expect(await written()).toEqual({ c: 1, d: 1, e: 1 });
    });
  });

  test('is written down at the end', async () => {
    counts.start();
    counts.add([count(6)]);
    await counts.stop();
    expect(await written()).toEqual({ acme: 6 });
  });
});
