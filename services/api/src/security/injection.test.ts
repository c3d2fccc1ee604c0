import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { decodeJob } from '@event-platform/core/event/job';
import { defaultQueueName } from '@event-platform/core/platform/queue-names';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { loggedPath } from '../http/access-log.ts';
import { captureLog } from './testing/captured-log.ts';
import { rawRequest } from './testing/raw-request.ts';

const log = captureLog('debug');
/** Its Redis is stopped, so events are written straight to PostgreSQL and can be read back at once. */
let direct: TestApi;
let queued: TestApi;
let stoppedRedis: OwnServer;

beforeAll(async () => {
  stoppedRedis = await startOwnRedis();
  queued = await startTestApi();
  direct = await startTestApi({ REDIS_URL: stoppedRedis.url }, log.logger);
  await stoppedRedis.stop();
});
afterAll(async () => {
  // A client that is asked to end while it cannot connect leaves a timer behind.
  await stoppedRedis.start();
  await eventually(async () => {
    const response = await fetch(`${direct.url}/healthz/ready`);
    expect(await response.json()).toMatchObject({ redis: 'up' });
  });
  await Promise.all([direct.stop(), queued.stop()]);
  await stoppedRedis.remove();
});

async function post(api: TestApi, body: string): Promise<{ status: number; results?: object[] }> {
  const response = await fetch(`${api.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return { ...((await response.json()) as object), status: response.status };
}

describe('the log', () => {
  test('has one line for each request, whatever is in its path and its headers', async () => {
    const forged = encodeURIComponent('x\n{"level":50,"msg":"forged"}\r\n\u2028\u001b[2J\u0000');
    const before = log.lines().length;
    const paths = [`/${forged}`, `/accounts/${forged}/summary?window=${forged}`, '/a\tb"c\\d'];
    for (const path of paths) {
      const response = await fetch(`${direct.url}${path}`, {
        headers: { 'user-agent': 'x\u00ff"}', 'x-request-id': '"},{"forged":"' },
      });
      await response.arrayBuffer();
    }
    await eventually(() => expect(log.lines()).toHaveLength(before + paths.length));
    for (const line of log.lines().slice(before)) expect(line).toMatchObject({ msg: 'request' });
  });

  test('holds nothing that a terminal would obey: such a path gets no further than the parser', async () => {
    const before = log.lines().length;
    for (const wild of ['\x9b31m', '\x1b[2J', '\xff', '\x7f', '\0']) {
      const request = Buffer.from(`GET /${wild} HTTP/1.1\r\nHost: x\r\n\r\n`, 'latin1');
      const { statuses } = await rawRequest(direct.url, request);
      expect(statuses).toEqual([400]);
    }
    expect(log.lines()).toHaveLength(before);
    expect(loggedPath('/\x9b31m\u2028\x7f')).toMatch(/^[\x20-\x7e]+$/);
  });

  test('holds no key that somebody put into a path', async () => {
    const key = `ep_${'0'.repeat(16)}_${'s3cret'.repeat(7)}x`;
    await (await fetch(`${direct.url}/keys/${key}/x`)).arrayBuffer();
    await eventually(() => log.lines().some((line) => line['path'] === '/keys/ep_…/x'));
    expect(log.text()).not.toContain('s3cret');
  });
});

describe('metrics', () => {
  /** One sample: a name, labels whose values escape what ends them, a number. */
  const sample =
    /^[a-zA-Z_:][\w:]*(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? \S+$/;
  const scrape = async () => (await fetch(`${direct.url}/metrics`)).text();
  const names = (text: string) => new Set([...text.matchAll(/^(\w+)/gm)].map(([, name]) => name));

  test('keep their form whatever accounts and types are called', async () => {
    const nasty = [
      '"',
      '\\',
      '\n',
      'a"} 1\nforged_total 9\n# ',
      '{',
      ',x="y"',
      '\u2028',
      'ü€🔑',
      '\\n"',
    ];
    for (const name of nasty) {
      const event = { account_id: name, user_id: 'u', type: name };
      expect(await post(direct, JSON.stringify(event))).toMatchObject({ status: 202 });
    }
    const text = await scrape();
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of samples) expect(line).toMatch(sample);
    expect([...names(text)].filter((name) => name?.startsWith('forged'))).toEqual([]);
    const own = samples.filter((line) => line.startsWith('events_ingested_total'));
    expect(own).toHaveLength(nasty.length);
  });

  test('do not grow with the paths that are asked for', async () => {
    const count = async () =>
      (await scrape()).split('\n').filter((line) => line.includes('route=')).length;
    const ask = async (path: string) => (await fetch(`${direct.url}${path}`)).arrayBuffer();
    await ask('/nowhere-0');
    await ask('/accounts/a-0/events/none');
    await eventually(async () => (await scrape()).includes('route="unmatched",status="404"'));
    const before = await count();
    for (let path = 1; path < 50; path++) {
      await ask(`/nowhere-${path}`);
      await ask(`/accounts/a-${path}/events/none`);
    }
    // Room for the one series of the scrapes themselves.
    expect((await count()) - before).toBeLessThanOrEqual(12);
  });
});

describe('names that mean something to JavaScript', () => {
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    'valueOf',
    'then',
  ];
  const cleanPrototype = Object.getOwnPropertyNames(Object.prototype);
  const expectClean = () => {
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(cleanPrototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  };

  test.each(names)('%s is an account, a user, a type and an id like any other', async (name) => {
    const event = { account_id: name, event_id: name, user_id: name, type: name };
    expect(await post(direct, JSON.stringify([event, event]))).toMatchObject({ status: 202 });
    const summary = await (await fetch(`${direct.url}/accounts/${name}/summary`)).json();
    expect(summary).toMatchObject({
      account_id: name,
      total: 1,
      by_type: [{ type: name, count: 1 }],
      top_users: [{ user_id: name, count: 1 }],
    });
    const receipt = await fetch(`${direct.url}/accounts/${name}/events/${name}`);
    expect(await receipt.json()).toMatchObject({ account_id: name, status: 'stored' });
    expectClean();
  });

  test('are kept apart in the queue, account by account', async () => {
    const events = names.map((name) => ({ account_id: name, user_id: name, type: name }));
    expect(await post(queued, JSON.stringify([...events, ...events]))).toMatchObject({
      accepted: 2 * names.length,
    });
    const redis = new Redis(queued.redisUrl);
    const queue = `${queued.redisPrefix}:${defaultQueueName}`;
    const ids = await redis.zrange(`${queue}:prioritized`, 0, -1);
    const jobs = await Promise.all(ids.map((id) => redis.hget(`${queue}:${id}`, 'data')));
    await redis.quit();
    const accounts = jobs.flatMap((text) => decodeJob(text ?? '').accounts);
    expect(accounts.toSorted()).toEqual(names.map((name) => [name, 2]).toSorted());
    expectClean();
  });

  test('are stored as data where metadata may hold them, and __proto__ is refused anywhere', async () => {
    const metadata =
      '{"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1},"toString":1}';
    const event = (more: string) =>
      `{"account_id":"meta","event_id":"m","user_id":"u","type":"t",${more}}`;
    expect(await post(direct, event(`"metadata":${metadata}`))).toMatchObject({ status: 202 });
    const pool = new pg.Pool({ connectionString: direct.databaseUrl });
    const { rows } = await pool.query<{ metadata: unknown }>(
      `SELECT metadata FROM events WHERE account_id = 'meta'`,
    );
    await pool.end();
    expect(rows).toEqual([{ metadata: JSON.parse(metadata) as unknown }]);
    for (const hostile of [
      '"__proto__":{"polluted":1}',
      '"metadata":{"__proto__":{"polluted":1}}',
      '"metadata":{"a":[{"b":{"__proto__":{"polluted":1}}}]}',
      '"metadata":{"\\u005f_proto__":{"polluted":1}}',
    ]) {
      expect(await post(direct, event(hostile))).toMatchObject({
        status: 400,
        results: [expect.objectContaining({ code: 'key_forbidden' })],
      });
    }
    const envelope = `{"events":[${event('"metadata":{}')}],"__proto__":{"polluted":1}}`;
    expect(await post(direct, envelope)).toMatchObject({ status: 400, code: 'envelope_invalid' });
    expectClean();
  });

  test('are no parameters of a query', async () => {
    for (const query of ['__proto__[polluted]=1', '__proto__=1', 'constructor=1', 'toString=1']) {
      const response = await fetch(`${direct.url}/accounts/a/summary?${query}`);
      await response.arrayBuffer();
      expect(response.status).toBe(400);
    }
    expectClean();
  });
});
