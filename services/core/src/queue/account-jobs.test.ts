import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { queueKeys } from '../platform/queue-names.ts';
import { eventRows, jobText } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { awaitJobs, findJobsOf } from './account-jobs.ts';
import { eraseAllPendingIds, erasePendingIds, eraseSummaries } from './account-traces.ts';
import { hashEventId } from './event-id-hash.ts';
import { TextQueue } from './text-job.ts';

const corner = testRedis();
const redis = new Redis(corner.url, { maxRetriesPerRequest: null });
const queue = new TextQueue('events', { connection: redis, prefix: corner.prefix });
const keys = queueKeys(corner.prefix, 'events');

afterEach(() => queue.obliterate({ force: true }));
afterAll(async () => {
  await queue.close();
  await redis.quit();
  await corner.cleanup();
});

async function add(text: string, options = {}): Promise<string> {
  const { id = '' } = await queue.add('events', text, options);
  return queue.toKey(id);
}

describe('jobs of an account', () => {
  test('are those that name it or are unreadable, in whatever state, and no others', async () => {
    const big = { metadata: { big: 'x'.repeat(100_000) } };
    const own = [
      await add(jobText(eventRows(2, big)), { priority: 7 }),
      await add(jobText([...eventRows(1, { account_id: 'other' }), ...eventRows(1)]), {
        delay: 60_000,
      }),
      await add('{"something":"else"}'),
    ];
    await add('');
    await add(jobText(eventRows(1, { account_id: 'acme-2' })));
    await add(
      jobText(eventRows(1, { account_id: 'other', user_id: 'acme', metadata: { acme: 'acme' } })),
    );
    expect((await findJobsOf(redis, queue, 'acme')).sort()).toEqual(own.sort());
  });

  test('are waited for until they are gone, whatever comes after them', async () => {
    const job = await add(jobText(eventRows(1)));
    const jobs = await findJobsOf(redis, queue, 'acme');
    await add(jobText(eventRows(1)));
    const signal = new AbortController().signal;
    const polls: number[] = [];
    const onWait = (left: number) => {
      polls.push(left);
      // Removed only once it was seen to be there.
      void redis.unlink(job);
    };
    expect(await awaitJobs(redis, jobs, { timeoutMs: 30_000, signal, onWait })).toBe(0);
    expect(polls[0]).toBe(1);
  });

  test('are not waited for beyond the time, nor after an abortion', async () => {
    const jobs = [await add(jobText(eventRows(1)))];
    const onWait = () => undefined;
    const { signal } = new AbortController();
    expect(await awaitJobs(redis, jobs, { timeoutMs: 0, signal, onWait })).toBe(1);
    const aborted = { timeoutMs: 60_000, signal: AbortSignal.abort(), onWait };
    expect(await awaitJobs(redis, jobs, aborted)).toBe(1);
  });
});

describe('traces of an account', () => {
  test('its cached summaries go, and those of accounts with a like name stay', async () => {
    const range = '2026-11-01T00:00:00.000Z..2026-11-02T00:00:00.000Z';
    const own = [keys.summary('a*', '24h'), keys.summary('a*', range)];
    const others = [
      keys.summary('a', '24h'),
      keys.summary('ab', '24h'),
      keys.summary('a*:b', '24h'),
      keys.summary('a*:b', range),
    ];
    for (const key of [...own, ...others]) await redis.set(key, '{}');
    expect(await eraseSummaries(redis, keys, 'a*')).toBe(2);
    expect(await redis.exists(...own)).toBe(0);
    expect(await redis.exists(...others)).toBe(others.length);
  });

  test('notes of its events go, one by one or all, and those of others stay', async () => {
    await redis.sadd(keys.waitingIds('acme'), ['e1', 'e2', 'e3'].map(hashEventId));
    await redis.sadd(keys.waitingIds('other'), hashEventId('e1'));
    await redis.zadd(keys.tags, 5, 'acme', 6, 'other');
    expect(await erasePendingIds(redis, keys, 'acme', ['e1', 'never seen'])).toBe(1);
    expect(await erasePendingIds(redis, keys, 'acme', [])).toBe(0);
    expect(await eraseAllPendingIds(redis, keys, 'acme')).toBe(2);
    expect(await redis.exists(keys.waitingIds('acme'))).toBe(0);
    expect(await redis.scard(keys.waitingIds('other'))).toBe(1);
    expect(await redis.zrange(keys.tags, 0, -1)).toEqual(['other']);
  });
});
