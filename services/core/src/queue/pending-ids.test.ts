import { afterAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { decodeJob } from '../event/job.ts';
import { queueKeys } from '../platform/queue-names.ts';
import { eventRow, eventRows, jobText } from '@event-platform/testkit/harness/sample-events';
import { addPendingIds } from '@event-platform/testkit/harness/add-pending-ids';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { PendingIds, type PendingId } from './pending-ids.ts';

const corner = testRedis();
const redis = new Redis(corner.url);
const keys = queueKeys(corner.prefix, 'events');
const pendingIds = new PendingIds(redis, keys);

beforeEach(corner.cleanup);
afterAll(async () => {
  await redis.quit();
  await corner.cleanup();
});

const jobOf = (...rows: ReturnType<typeof eventRow>[]) => decodeJob(jobText(rows));
const note = (jobs: PendingId[]) => addPendingIds(redis, keys, jobs);
const pending = async () => Number(await redis.get(keys.pending));

test('a pending event waits until its job is acknowledged', async () => {
  const rows = [
    eventRow({ account_id: 'a' }),
    eventRow({ account_id: 'b' }),
    eventRow({ account_id: 'a', event_id: 'ü😀' }),
  ];
  const job = jobOf(...rows);
  await note([job]);
  for (const row of rows) expect(await pendingIds.has(row.account_id, row.event_id)).toBe(true);
  expect(await pendingIds.has('a', rows[1]?.event_id ?? '')).toBe(false);
  await pendingIds.ack([job]);
  for (const row of rows) expect(await pendingIds.has(row.account_id, row.event_id)).toBe(false);
});

test('acknowledging one job leaves the events of others pending', async () => {
  const [first, second] = [eventRow(), eventRow()];
  await note([jobOf(first), jobOf(second)]);
  await pendingIds.ack([jobOf(first)]);
  expect(await pendingIds.has(second.account_id, second.event_id)).toBe(true);
});

test('the pending count is lowered by the events of the jobs', async () => {
  await redis.set(keys.pending, 10);
  await pendingIds.ack([jobOf(...eventRows(3)), jobOf(...eventRows(2, { account_id: 'b' }))]);
  expect(await pending()).toBe(5);
});

test('the pending count never falls below zero, whatever is acknowledged and however often', async () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 5 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      await redis.del(keys.pending);
      let expected = 0;
      for (const [adds, events] of all) {
        if (adds) await redis.incrby(keys.pending, events);
        else await pendingIds.ack([jobOf(...eventRows(events))]);
        expected = Math.max(0, expected + (adds ? events : -events));
        expect(await pending()).toBe(expected);
      }
    }),
    { numRuns: 30 },
  );
});

test('a batch of 200,000 events of one account is acknowledged whole', async () => {
  const jobs = Array.from({ length: 200 }, (_, index) => ({
    accounts: [['whale', 1_000]] as [string, number][],
    ids: Array.from({ length: 1_000 }, (_id, id) => `${index}-${id}`.padStart(8, 'x')).join(''),
    rows: '',
  }));
  await redis.set(keys.pending, 200_000);
  await note(jobs);
  expect(await redis.scard(keys.waitingIds('whale'))).toBe(200_000);
  await pendingIds.ack(jobs);
  expect(await redis.exists(keys.waitingIds('whale'))).toBe(0);
  expect(await pending()).toBe(0);
});
