import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { decodeJob } from '../event/job.ts';
import { queueKeys } from '../platform/queue-names.ts';
import { eventRow, eventRows, jobText } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { readAccepted } from './accepted-counters.ts';
import { Enqueuer, type NewJob } from './enqueuer.ts';
import { TextQueue } from './text-job.ts';
import { PendingIds } from './pending-ids.ts';

const corner = testRedis();
const redis = new Redis(corner.url, { maxRetriesPerRequest: null });
const queue = new TextQueue('events', { connection: redis, prefix: corner.prefix });
const keys = queueKeys(corner.prefix, 'events');
const pendingIds = new PendingIds(redis, keys);
const enqueuer = new Enqueuer({ redis, queue, keys, process: 'api-1' });
const minute = 29_000_000;

beforeEach(corner.cleanup);
afterAll(async () => {
  await queue.close();
  await redis.quit();
  await corner.cleanup();
});

function newJob(rows: ReturnType<typeof eventRow>[], priority = 3): NewJob {
  const text = jobText(rows);
  const { accounts, ids } = decodeJob(text);
  const ledgerEntry = { id: '01900000-0000-7000-8000-000000000000', minute };
  return {
    text,
    opts: { priority, attempts: 5, removeOnComplete: true },
    header: { ledgerEntry, accounts, ids },
  };
}

const accepted = async () => {
  const counts = await readAccepted(redis, keys, minute);
  return Object.fromEntries(counts.map(({ accountId, events }) => [accountId, events]));
};
const jobsThere = () => redis.zcard(keys.prioritized);

describe('a job that is added', () => {
  test('is a job of BullMQ’s own, with its text, its priority and its place', async () => {
    const jobs = [newJob(eventRows(2), 7), newJob(eventRows(1), 3)];
    expect(await enqueuer.add(jobs)).toEqual({
      failures: [undefined, undefined],
      noteFailure: undefined,
    });
    const there = await queue.getPrioritized();
    expect(there.map(({ data }) => data)).toEqual([jobs[1]?.text, jobs[0]?.text]);
    expect(there[1]).toMatchObject({ name: 'events', priority: 7 });
    expect(there[1]?.opts).toMatchObject({ attempts: 5, removeOnComplete: true, priority: 7 });
  });

  test('is noted and counted: each event of each account', async () => {
    const rows = [
      eventRow({ account_id: 'a' }),
      eventRow({ account_id: 'b:c' }),
      eventRow({ account_id: 'a', event_id: 'ü😀' }),
    ];
    await enqueuer.add([newJob(rows), newJob([eventRow({ account_id: 'a', event_id: 'other' })])]);
    for (const row of rows) expect(await pendingIds.has(row.account_id, row.event_id)).toBe(true);
    expect(await pendingIds.has('a', 'other')).toBe(true);
    expect(await pendingIds.has('b:c', 'other')).toBe(false);
    expect(await accepted()).toEqual({ a: 3, 'b:c': 1 });
    expect(await redis.smembers(keys.acceptedMinutes)).toEqual([String(minute)]);
  });

  test('without a ledger entry has pending ids, and is not counted', async () => {
    const { header, ...rest } = newJob([eventRow({ account_id: 'a', event_id: 'e' })]);
    await enqueuer.add([{ ...rest, header: { accounts: header.accounts, ids: header.ids } }]);
    expect(await pendingIds.has('a', 'e')).toBe(true);
    expect(await redis.exists(keys.acceptedMinutes)).toBe(0);
  });

  test('of 200,000 events is noted whole, for days', async () => {
    const events = 200_000;
    const ids = Array.from({ length: events }, (_, id) => String(id).padStart(8, 'x')).join('');
    const header = {
      ledgerEntry: { id: '', minute },
      accounts: [['whale', events]] as [string, number][],
      ids,
    };
    await enqueuer.add([{ ...newJob([eventRow()]), header }]);
    expect(await redis.scard(keys.waitingIds('whale'))).toBe(events);
    const secondsLeft = await redis.ttl(keys.waitingIds('whale'));
    expect(secondsLeft).toBeGreaterThan(6 * 24 * 3_600);
    expect(secondsLeft).toBeLessThanOrEqual(7 * 24 * 3_600);
  });
});

describe('what Redis refuses in the middle', () => {
  test('a job that is not added has no pending ids and no count, and the error of Redis is returned', async () => {
    await redis.set(keys.prioritized, 'no sorted set');
    const answer = await enqueuer.add([newJob([eventRow({ account_id: 'a', event_id: 'e' })])]);
    expect(answer.failures).toEqual([expect.stringContaining('WRONGTYPE')]);
    expect(await pendingIds.has('a', 'e')).toBe(false);
    expect(await accepted()).toEqual({});
  });

  test('a job that is added counts as added, also where it cannot be counted', async () => {
    await redis.set(keys.accepted(minute), 'no hash');
    const answer = await enqueuer.add([newJob([eventRow({ account_id: 'a', event_id: 'e' })])]);
    expect(answer).toEqual({
      failures: [undefined],
      noteFailure: expect.stringContaining('WRONGTYPE'),
    });
    expect(await jobsThere()).toBe(1);
    expect(await pendingIds.has('a', 'e')).toBe(true);
  });

  test('jobs of different kinds are refused before anything happens', async () => {
    const plain = { ...newJob([eventRow()]), opts: {} };
    await expect(enqueuer.add([newJob([eventRow()]), plain])).rejects.toThrow(/different kinds/);
    expect(await jobsThere()).toBe(0);
  });
});

// What BullMQ and ioredis do not promise (text-job.ts): a new version of either may need another way.
test('the command that BullMQ would send is known, with its text and its keys', async () => {
  const [command] = await queue.commandsToAdd([newJob([eventRow()])]);
  expect(command?.lua).toMatch(/Adds a prioritized job/);
  expect(command?.keys).toContain(keys.prioritized);
  expect(command?.keys.every((key) => key.startsWith(`${corner.prefix}:events:`))).toBe(true);
  expect(command?.values).toHaveLength(3);
});
