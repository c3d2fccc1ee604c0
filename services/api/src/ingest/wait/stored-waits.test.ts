import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import type { EventResult } from '@event-platform/core/event/results';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import { startTestApi, type TestApi } from '../../testing/start-test-api.ts';
import { postWaiting, waitsThatEnded } from './testing/wait-client.ts';

const processes = new ServiceProcesses();
let api: TestApi;
let pool: pg.Pool;
beforeAll(async () => {
  api = await startTestApi();
  processes.start('worker', {
    DATABASE_URL: api.databaseUrl,
    REDIS_URL: api.redisUrl,
    REDIS_PREFIX: api.redisPrefix,
    HOST: '127.0.0.1',
    OPS_PORT: '0',
    LOG_LEVEL: 'silent',
  });
  ({ pool } = testShard(api.databaseUrl));
});
afterAll(async () => {
  await processes.endAll('SIGTERM');
  await pool.end();
  await api.stop();
});

const wait = { prefer: 'wait=stored' };
let serial = 0;
const newEvent = (changes: object = {}) => ({
  event_id: `w-${++serial}`,
  account_id: 'a',
  user_id: 'u',
  type: 't',
  ...changes,
});
const statuses = (results: EventResult[]) => results.map(({ status }) => status);

async function rowsOf(results: EventResult[]): Promise<number> {
  const ids = results.map(({ event_id }) => event_id);
  const found = await pool.query('SELECT 1 FROM events WHERE event_id = ANY ($1)', [ids]);
  return found.rowCount ?? 0;
}

describe('Prefer: wait=stored', () => {
  test('an event that is answered `stored` is in the table by then', async () => {
    for (let round = 0; round < 20; round++) {
      const answer = await postWaiting(api.url, newEvent(), wait);
      expect(answer).toMatchObject({ status: 202, applied: 'wait=stored' });
      expect(statuses(answer.results)).toEqual(['stored']);
      expect(await rowsOf(answer.results)).toBe(1);
    }
  });

  test('wait=5 is the same with a limit of one’s own', async () => {
    const answer = await postWaiting(api.url, newEvent(), { prefer: 'respond-async, wait=5' });
    expect(answer).toMatchObject({ applied: 'wait=5', results: [{ status: 'stored' }] });
  });

  test('who asks for nothing, or for something else, is answered from the queue', async () => {
    for (const prefer of ['return=minimal', 'wait=0', 'wait=soon']) {
      const answer = await postWaiting(api.url, newEvent(), { prefer });
      expect(answer).toMatchObject({ applied: null, results: [{ status: 'accepted' }] });
    }
  });

  test('an event that was stored before is answered `stored` and stays one row', async () => {
    const event = newEvent();
    await postWaiting(api.url, event, wait);
    const again = await postWaiting(api.url, [event, event], wait);
    expect(statuses(again.results)).toEqual(['stored', 'stored']);
    expect(await rowsOf(again.results)).toBe(1);
  });

  test('several accounts, NDJSON and gzip: each event gets the answer that is its own', async () => {
    const lines = ['a', 'b', 'c'].map((a) => JSON.stringify(newEvent({ account_id: a })));
    const answer = await postWaiting(api.url, gzipSync([...lines, 'broken'].join('\n')), {
      ...wait,
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
    });
    expect(statuses(answer.results)).toEqual(['stored', 'stored', 'stored', 'rejected']);
    expect(answer.applied).toBe('wait=stored');
    expect(await rowsOf(answer.results)).toBe(3);
  });

  test('atomic: all are stored, or the request is refused and does not wait', async () => {
    const path = '/events?atomic=true';
    const all = await postWaiting(api.url, [newEvent(), newEvent()], { ...wait, path });
    expect(statuses(all.results)).toEqual(['stored', 'stored']);
    const none = await postWaiting(api.url, [newEvent(), {}], { ...wait, path });
    expect(none).toMatchObject({ status: 400, applied: null });
  });

  test('a request that is too large for one job waits for every job that carries it', async () => {
    const events = Array.from({ length: 60 }, () =>
      newEvent({ metadata: { filler: 'x'.repeat(60_000) } }),
    );
    const answer = await postWaiting(api.url, gzipSync(JSON.stringify(events)), {
      ...wait,
      'content-encoding': 'gzip',
    });
    expect(statuses(answer.results)).toEqual(events.map(() => 'stored'));
    expect(answer.applied).toBe('wait=stored');
    expect(await rowsOf(answer.results)).toBe(60);
  });

  test('requests that share a job are answered each by its own wish', async () => {
    const all = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? wait : {}));
    const answers = await Promise.all(all.map((head) => postWaiting(api.url, newEvent(), head)));
    answers.forEach(({ results, applied }, at) => {
      expect(results[0]?.status).toBe(at % 2 === 0 ? 'stored' : 'accepted');
      expect(applied).toBe(at % 2 === 0 ? 'wait=stored' : null);
    });
  });
});

describe('an event that PostgreSQL refuses', () => {
  beforeEach(async () => {
    await pool.query('ALTER TABLE events DROP CONSTRAINT IF EXISTS no_poison');
    await pool.query(`ALTER TABLE events ADD CONSTRAINT no_poison CHECK (type <> 'poison')`);
  });

  test('is answered `dead` with its code, and its neighbours `stored`', async () => {
    const poison = newEvent({ type: 'poison' });
    const answer = await postWaiting(api.url, [newEvent(), poison, newEvent()], wait);
    expect(statuses(answer.results)).toEqual(['stored', 'dead', 'stored']);
    expect(answer).toMatchObject({ status: 202, applied: 'wait=stored' });
    expect(answer.results[1]).toMatchObject({ code: 'not_storable', event_id: poison.event_id });
  });

  test('and is mended under the same id is answered `stored`', async () => {
    const poison = newEvent({ type: 'poison' });
    await postWaiting(api.url, poison, wait);
    const mended = await postWaiting(api.url, { ...poison, type: 'good' }, wait);
    expect(statuses(mended.results)).toEqual(['stored']);
  });
});

test('a write that hangs: the wait passes, and the answer is `accepted`', async () => {
  const holder = await pool.connect();
  await holder.query('BEGIN; LOCK TABLE events IN EXCLUSIVE MODE');
  const event = newEvent();
  const answer = await postWaiting(api.url, event, { prefer: 'wait=1' });
  await holder.query('COMMIT');
  holder.release();
  expect(answer).toMatchObject({ status: 202, applied: null, results: [{ status: 'accepted' }] });
  expect(await waitsThatEnded(api.url, 'passed')).toBe(1);
  const later = await postWaiting(api.url, event, wait);
  expect(statuses(later.results)).toEqual(['stored']);
});

test('a client that leaves waits no longer, and its events are stored', async () => {
  const holder = await pool.connect();
  await holder.query('BEGIN; LOCK TABLE events IN EXCLUSIVE MODE');
  const event = newEvent();
  const leaving = new AbortController();
  const left = postWaiting(api.url, event, { ...wait, signal: leaving.signal });
  const active = () => holder.query('SELECT 1 FROM pg_locks WHERE NOT granted');
  await eventually(async () => expect((await active()).rowCount).toBeGreaterThan(0));
  leaving.abort();
  await expect(left).rejects.toThrow();
  await eventually(async () => expect(await waitsThatEnded(api.url, 'left')).toBe(1));
  await holder.query('COMMIT');
  holder.release();
  await eventually(async () =>
    expect(await rowsOf([{ ...event, index: 0, status: 'accepted' }])).toBe(1),
  );
});
