import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { decodeJob } from '@event-platform/core/event/job';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { setAccountPolicy } from '@event-platform/core/storage/accounts/account-policies';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

interface Answer {
  status: number;
  code?: string;
  policy?: string;
  retryable?: boolean;
  accepted?: number;
  results?: { status: string; code?: string }[];
  headers: Headers;
}

async function post(api: TestApi, accountId: string, events = 1, query = ''): Promise<Answer> {
  const body = Array.from({ length: events }, () => ({
    account_id: accountId,
    user_id: 'u',
    type: 't',
  }));
  return postRaw(api, JSON.stringify(body), {}, query);
}

async function postRaw(
  api: TestApi,
  body: string,
  headers: Record<string, string> = {},
  query = '',
): Promise<Answer> {
  const response = await fetch(`${api.url}/events${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const answer = (await response.json()) as object;
  return { ...answer, status: response.status, headers: response.headers };
}

describe('the account limit', () => {
  let apis: [TestApi, TestApi];
  let redis: Redis;
  beforeAll(async () => {
    const first = await startTestApi({ ACCOUNT_EVENTS_PER_MINUTE: '1000' });
    const second = await startTestApi({
      ACCOUNT_EVENTS_PER_MINUTE: '1000',
      DATABASE_URL: first.databaseUrl,
      REDIS_PREFIX: first.redisPrefix,
    });
    apis = [first, second];
    redis = new Redis(first.redisUrl);
  });
  afterAll(async () => {
    await redis.quit();
    await apis[1].stop();
    await apis[0].stop();
  });

  test('two api processes together accept 1,000 events a minute and not one more', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) => post(apis[index % 2 === 0 ? 0 : 1], 'busy', 7)),
    );
    const accepted = answers.reduce((sum, answer) => sum + (answer.accepted ?? 0), 0);
    expect(accepted).toBe(Math.floor(1_000 / 7) * 7);
    expect(await post(apis[0], 'busy', 1_000 - accepted)).toMatchObject({ status: 202 });
    const denied = await post(apis[1], 'busy');
    expect(denied).toMatchObject({
      status: 429,
      code: 'account_limit',
      policy: 'account',
      retryable: true,
    });
    expect(Number(denied.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(denied.headers.get('retry-after'))).toBeLessThanOrEqual(61);
  });

  test('every 202 says how much is left', async () => {
    const { headers } = await post(apis[0], 'told', 10);
    expect(headers.get('ratelimit-policy')).toBe('"account";q=1000;w=60');
    expect(headers.get('ratelimit')).toBe('"account";r=990;t=60');
  });

  test('an account at its limit does not take the others of the request with it', async () => {
    await post(apis[0], 'full', 1_000);
    const answer = await postRaw(
      apis[1],
      '[{"account_id":"full","user_id":"u","type":"t"},{"account_id":"free","user_id":"u","type":"t"}]',
    );
    expect(answer).toMatchObject({ status: 202, accepted: 1 });
    expect(answer.results?.[0]).toMatchObject({ status: 'rejected', code: 'account_limit' });
  });

  test('a limit set for one account at run time holds in every process soon', async () => {
    const pool = new pg.Pool({ connectionString: apis[0].databaseUrl });
    await setAccountPolicy(pool, {
      accountId: 'small',
      eventsPerMinute: 5,
      maxPendingEvents: null,
      weight: 1,
    });
    await pool.end();
    await eventually(async () => {
      const { headers } = await post(apis[1], 'small');
      expect(headers.get('ratelimit-policy')).toBe('"account";q=5;w=60');
    });
    // Each process reads the limits by itself.
    await eventually(async () => {
      expect(await post(apis[0], 'small', 6)).toMatchObject({
        status: 413,
        code: 'cost_above_limit',
      });
    });
  });

  test('posts of one moment by accounts without a backlog share jobs', async () => {
    const keys = queueKeys(apis[0].redisPrefix, 'events');
    await redis.del(keys.prioritized);
    await Promise.all(Array.from({ length: 40 }, (_, index) => post(apis[0], `single-${index}`)));
    const jobIds = await redis.zrange(keys.prioritized, 0, -1);
    const jobs = await Promise.all(
      jobIds.map((jobId) => redis.hget(`${apis[0].redisPrefix}:events:${jobId}`, 'data')),
    );
    const events = jobs.map((data) => decodeJob(data ?? '').accounts.length);
    expect(events.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(jobs.length).toBeLessThan(40);
  });
});

describe('the backlog limits', () => {
  test('an account with too many events waiting gets 429, others go on; a full queue gives 503', async () => {
    const api = await startTestApi({
      ACCOUNT_MAX_PENDING_EVENTS: '100',
      QUEUE_MAX_PENDING_EVENTS: '250',
    });
    try {
      expect(await post(api, 'a', 100)).toMatchObject({ status: 202 });
      expect(await post(api, 'a')).toMatchObject({
        status: 429,
        code: 'account_backlog',
        policy: 'backlog',
      });
      expect(await post(api, 'b', 100)).toMatchObject({ status: 202 });
      const full = await post(api, 'c', 51);
      expect(full).toMatchObject({ status: 503, code: 'backlog_full', retryable: true });
      expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await api.stop();
    }
  });

  test('Redis above its memory mark: 503 before it is full, and 202 again after it was emptied', async () => {
    const own: OwnServer = await startOwnRedis({ maxmemory: '60mb' });
    const redis = new Redis(own.url);
    const api = await startTestApi({ REDIS_URL: own.url });
    try {
      expect(await post(api, 'a')).toMatchObject({ status: 202 });
      for (let part = 0; part < 5; part++)
        await redis.set(`ballast:${part}`, 'x'.repeat(9_000_000));
      await eventually(async () => {
        expect(await post(api, 'a')).toMatchObject({ status: 503, code: 'memory_high' });
      });
      await redis.flushall();
      await eventually(async () => {
        expect(await post(api, 'a')).toMatchObject({ status: 202 });
      });
    } finally {
      await api.stop();
      await redis.quit();
      await own.remove();
    }
  });
});

describe('the address limit', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({ IP_REQUESTS_PER_MINUTE: '5', TRUSTED_PROXIES: '127.0.0.1' });
  });
  afterAll(() => api.stop());

  const from = (address: string) =>
    postRaw(api, '{"account_id":"a","user_id":"u","type":"t"}', { 'x-forwarded-for': address });

  test('counts each address behind a trusted proxy for itself, and names its policy', async () => {
    for (let request = 0; request < 5; request++)
      expect(await from('192.0.2.1')).toMatchObject({ status: 202 });
    const denied = await from('192.0.2.1');
    expect(denied).toMatchObject({ status: 429, code: 'ip_limit', policy: 'ip' });
    expect(denied.headers.get('ratelimit-policy')).toBe('"ip";q=5;w=60');
    expect(await from('192.0.2.2')).toMatchObject({ status: 202 });
  });

  test('counts a whole IPv6 /56 as one', async () => {
    for (let request = 0; request < 5; request++) await from(`2001:db8:0:12${request}::1`);
    expect(await from('2001:db8:0:1ff:a::9')).toMatchObject({ status: 429 });
    expect(await from('2001:db8:0:200::1')).toMatchObject({ status: 202 });
  });

  test('an address that a client invents in front of the proxy’s does not help it', async () => {
    for (let request = 0; request < 6; request++) await from(`198.51.100.${request}, 192.0.2.77`);
    expect(await from('203.0.113.9, 192.0.2.77')).toMatchObject({ status: 429 });
  });
});
