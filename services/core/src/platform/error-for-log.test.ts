import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { drizzle } from 'drizzle-orm/node-postgres';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { errorForLog } from './error-for-log.ts';

// The errors of the libraries as they really are: what they carry changes with their versions.

const canary = 'canary47';
const corner = testRedis();
let database: TestDatabase;
let pool: pg.Pool;
let redis: Redis;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ pool } = testShard(database.url));
  redis = new Redis(corner.url, { keyPrefix: corner.prefix });
  await pool.query('CREATE TABLE things (id text PRIMARY KEY CHECK (id <> $$canary47!$$), n int)');
  await pool.query('INSERT INTO things VALUES ($1, 1)', [canary]);
});
afterAll(async () => {
  await redis.quit();
  await corner.cleanup();
  await pool.end();
  await database.drop();
});

/** Everything an error has, own properties that no enumeration shows included. */
const everything = (error: unknown): string =>
  error instanceof Error
    ? Object.getOwnPropertyNames(error)
        .map((name) => everything((error as unknown as Record<string, unknown>)[name]))
        .join(' ')
    : JSON.stringify(error);

async function thrownBy(fail: () => unknown): Promise<unknown> {
  try {
    await fail();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const parse = (text: string): unknown => JSON.parse(text);
const raise = `DO $$ BEGIN RAISE EXCEPTION 'bad value ${canary}'; END $$`;
const failures: Record<string, () => unknown> = {
  'a password that Redis refuses': () => redis.call('AUTH', canary),
  'a command of Redis with arguments': () =>
    redis.lpush('k', canary).then(() => redis.incrby('k', canary)),
  'a script of Redis': () => redis.eval(`return redis.call('HGET', KEYS[1])`, 1, 'k', canary),
  'a command that Redis does not know': () => redis.call('NOSUCH', canary, canary),
  'a row that is there': () => pool.query('INSERT INTO things VALUES ($1, 2)', [canary]),
  'a row against a CHECK': () => pool.query('INSERT INTO things VALUES ($1, 2)', [`${canary}!`]),
  'a value of the wrong type': () => pool.query('SELECT $1::int', [canary]),
  'a value that a function names': () => pool.query(raise),
  'a JSON that PostgreSQL refuses': () => pool.query('SELECT $1::jsonb', [`{"a": ${canary}`]),
  'parameters of drizzle': () =>
    drizzle(pool).execute(sql`INSERT INTO things VALUES (${canary}, 2)`),
  'text that is no JSON': () => parse(canary),
  'text of several lines that is no JSON': () => parse(`${canary}\n1`),
  'text that looks like a stack': () => parse(`x\n    at ${canary}`),
  'a URL that is none': () => new URL(`http://u:${canary}@h:port`),
  'a URL in a message': () => Promise.reject(new Error(`no way to redis://u:${canary}@h:1/0`)),
  'a URL with a slash in its password': () =>
    Promise.reject(new Error(`no redis://u:a/${canary}@h`)),
  'a URL with an @ in its password': () => Promise.reject(new Error(`no redis://u:a@${canary}@h`)),
  'a text that is thrown': () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw canary;
  },
};

describe('what is logged of an error holds nothing of what was sent', () => {
  test.each(Object.keys(failures))('%s', async (name) => {
    const error = await thrownBy(failures[name] ?? (() => undefined));
    expect(everything(error)).toContain(canary);
    expect(JSON.stringify(errorForLog(error))).not.toContain(canary);
  });

  test('however deep it lies', async () => {
    const inner = await thrownBy(failures['a row that is there'] ?? (() => undefined));
    const nested = new Error('outer', { cause: new AggregateError([inner, canary], 'several') });
    const logged = JSON.stringify(errorForLog(nested));
    expect(logged).toContain('several');
    expect(logged).not.toContain(canary);
  });
});

describe('what is logged of an error says', () => {
  test('its type, message, code, frames and cause', async () => {
    const cause = await thrownBy(() => pool.query('SELECT 1 FROM nowhere'));
    const logged = errorForLog(new TypeError('it did not work', { cause }));
    expect(logged).toMatchObject({
      type: 'TypeError',
      message: 'it did not work',
      cause: { code: '42P01', message: 'relation "nowhere" does not exist' },
    });
    expect(logged.stack).toMatch(/^ {4}at .*error-for-log\.test\.ts/);
  });

  test('where Redis is, without user and password', () => {
    const error = new Error('no way to redis://u:secret@10.0.0.1:6379/0');
    expect(errorForLog(error).message).toBe('no way to redis://…@10.0.0.1:6379/0');
  });

  test('no more than its first causes, even of one that causes itself', () => {
    const circle = new Error('round');
    circle.cause = circle;
    expect(JSON.stringify(errorForLog(circle)).match(/round/g)).toHaveLength(5);
  });
});
