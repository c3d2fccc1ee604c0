import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { Redis } from 'ioredis';
import { migrate } from '@event-platform/core/storage/migrate';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/testkit/harness/own-servers';
import { createLogger } from '@event-platform/core/platform/logger';
import { parseApiConfig } from '../config/config.ts';
import { startApi } from '../start-api.ts';

// The ingest column of docs/failure-modes.md, with servers that really stop.
let postgres: OwnServer;
let redis: OwnServer;
let api: Awaited<ReturnType<typeof startApi>>;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startOwnPostgres(), startOwnRedis()]);
  await migrate(postgres.url);
  const config = parseApiConfig({
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    REDIS_PREFIX: '{out}',
    AUTH: 'off',
    HOST: '127.0.0.1',
    PORT: '0',
    REDIS_TIMEOUT_MS: '300',
    ACCOUNT_EVENTS_PER_MINUTE: '1000',
    API_REPLICAS: '2',
  });
  api = await startApi(config, createLogger('api', 'silent'));
});
afterAll(async () => {
  await api.stop();
  await Promise.all([postgres.remove(), redis.remove()]);
});

let sent = 0;

async function post(events: number, accountId = 'a') {
  const body = Array.from({ length: events }, () => ({
    event_id: `e-${sent++}`,
    account_id: accountId,
    user_id: 'u',
    type: 't',
  }));
  const response = await fetch(`http://127.0.0.1:${api.port}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as {
    accepted?: number;
    code?: string;
    results?: { status: string; event_id: string }[];
  };
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...answer };
}

async function isStored(eventId: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM events WHERE event_id = $1', [eventId]);
    return found.rowCount === 1;
  } finally {
    await client.end();
  }
}

async function queuedJobs(): Promise<number> {
  const client = new Redis(redis.url);
  const jobs = await client.zcard(queueKeys('{out}', 'events').prioritized);
  await client.quit();
  return jobs;
}

describe('ingest while a server is down', () => {
  test('Redis stopped: events are stored at once in PostgreSQL, and the answer says so', async () => {
    await redis.stop();
    const answer = await eventually(async () => {
      const tried = await post(3);
      expect(tried).toMatchObject({ status: 202, accepted: 3 });
      return tried;
    });
    expect(answer.results?.map(({ status }) => status)).toEqual(['stored', 'stored', 'stored']);
    expect(await isStored(answer.results?.[0]?.event_id ?? '')).toBe(true);
  });

  test('Redis stopped: each api grants its share of an account’s limit from memory', async () => {
    expect(await post(500, 'share')).toMatchObject({ status: 202, accepted: 500 });
    expect(await post(1, 'share')).toMatchObject({ status: 429, code: 'account_limit' });
  });

  test('both stopped: 503 with Retry-After, and nothing is claimed to be accepted', async () => {
    await postgres.stop();
    const answer = await post(2, 'nobody');
    expect(answer).toMatchObject({ status: 503, code: 'unavailable', accepted: 0 });
    expect(Number(answer.retryAfter)).toBeGreaterThan(0);
  });

  test('Redis back, PostgreSQL still down: events are queued again without a restart', async () => {
    await redis.start();
    await eventually(async () => {
      const answer = await post(1, 'queued');
      expect(answer).toMatchObject({ status: 202, results: [{ status: 'accepted' }] });
    });
    expect(await queuedJobs()).toBeGreaterThan(0);
  });

  test('PostgreSQL back: nothing needs to be done', async () => {
    await postgres.start();
    expect(await post(1, 'queued')).toMatchObject({ status: 202 });
  });

  test('Redis hangs: events are stored directly, after the timeout of one command', async () => {
    await redis.kill('SIGSTOP');
    try {
      // The writes that failed while both were down may have left the breaker open for a moment.
      const answer = await eventually(async () => {
        const tried = await post(2, 'hanging');
        expect(tried).toMatchObject({ status: 202, accepted: 2 });
        return tried;
      });
      expect(answer.results?.map(({ status }) => status)).toEqual(['stored', 'stored']);
      expect(await isStored(answer.results?.[0]?.event_id ?? '')).toBe(true);
    } finally {
      await redis.kill('SIGCONT');
    }
    await eventually(async () => {
      expect(await post(1, 'after')).toMatchObject({ results: [{ status: 'accepted' }] });
    });
  });
});
