import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import {
  componentIds,
  statusSchema,
  type Status,
} from '@event-platform/core/storage/status/status';
import { migrate } from '@event-platform/core/storage/migrate';
import { addStatusMinutes } from '@event-platform/core/storage/status/status-minutes';
import { createLogger } from '@event-platform/core/platform/logger';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/testkit/harness/own-servers';
import { parseApiConfig } from '../config/config.ts';
import { startApi } from '../start-api.ts';
import { evaluateNow } from './evaluate-now.ts';
import { createStatusPage } from './status-page.ts';
import { StatusBoard } from './status-board.ts';
import { StatusRecorder } from './status-recorder.ts';

let postgres: OwnServer;
let redis: OwnServer;
let pool: pg.Pool;
let api: Awaited<ReturnType<typeof startApi>>;
const url = (path: string) => `http://127.0.0.1:${api.port}${path}`;
const logger = createLogger('test', 'silent');
const minuteMs = 60_000;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startOwnPostgres(), startOwnRedis()]);
  await migrate(postgres.url);
  pool = new pg.Pool({ connectionString: postgres.url });
  pool.on('error', () => undefined);
  const today = Math.floor(Date.now() / minuteMs);
  await addStatusMinutes(pool, [
    { component: 'ingest', minute: today, good: 996, bad: 4 },
    { component: 'ingest', minute: today - 1_440 * 3, good: 1_000, bad: 0 },
    { component: 'ingest', minute: today - 1_440 * 60, good: 0, bad: 1_000 },
  ]);
  // Keys are asked for, so that the page shows that it needs none.
  const config = parseApiConfig({
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    AUTH: 'keys',
    HOST: '127.0.0.1',
    PORT: '0',
    REDIS_TIMEOUT_MS: '300',
  });
  api = await startApi(config, logger);
});
afterAll(async () => {
  await api.stop();
  await pool.end();
  await Promise.all([postgres.remove(), redis.remove()]);
});

async function read(): Promise<Status> {
  const response = await fetch(url('/status.json'));
  expect(response.status).toBe(200);
  return statusSchema.parse(await response.json());
}

const states = ({ components }: Status) => components.map(({ state }) => state);

describe('the status', () => {
  test('needs no key, may be cached, and shows 30 days from what was recorded', async () => {
    const { components } = await eventually(async () => {
      const now = await read();
      expect(now.history_as_of).not.toBeNull();
      return now;
    });
    const [ingest, processing] = components;
    expect(ingest?.days).toHaveLength(30);
    expect(ingest?.days.at(-1)).toMatchObject({ uptime: 99.6 });
    expect(ingest?.days.at(-4)).toMatchObject({ uptime: 100 });
    expect(ingest?.uptime).toBe(99.8);
    expect(processing?.uptime).toBeNull();
    const page = await eventually(async () => {
      expect(states(await read())).toEqual(['operational', 'operational', 'operational']);
      return fetch(url('/status'));
    });
    expect(page.headers.get('cache-control')).toBe('public, max-age=5');
    expect(page.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    expect(await page.text()).toContain('All systems work');
  });

  test('tells the truth through outages of PostgreSQL and Redis, and keeps its history', async () => {
    await postgres.stop();
    await eventually(async () => {
      expect(states(await read())).toEqual(['operational', 'outage', 'degraded']);
    });
    await redis.stop();
    await eventually(async () => {
      expect(states(await read())).toEqual(['outage', 'outage', 'outage']);
    });
    const dark = await read();
    expect(dark.components[0]?.uptime).toBeGreaterThan(99);
    expect(dark.processing_delay_seconds).toBeNull();
    expect(await (await fetch(url('/status'))).text()).toContain('Some systems do not work');
    await postgres.start();
    await eventually(async () => {
      expect(states(await read())).toEqual(['degraded', 'outage', 'operational']);
    });
    await redis.start();
    await eventually(async () => {
      expect(states(await read())).toEqual(['operational', 'operational', 'operational']);
    });
  }, 90_000);
});

describe('recording', () => {
  let nowMs = Date.parse('2026-11-20T10:00:00Z');
  const well = { ingest: true, processing: true, summaries: true };
  const recorder = () =>
    new StatusRecorder({ directory: pool, readProbe: () => well, logger, now: () => nowMs });
  const recorded = async (minute: string) =>
    (
      await pool.query<{ component: string; good: number; bad: number }>(
        `SELECT component, good::int, bad::int FROM status_minutes WHERE minute = $1 ORDER BY 1`,
        [minute],
      )
    ).rows;

  test('counts requests that are not the tenant’s fault, of both processes', async () => {
    for (const one of [recorder(), recorder()]) {
      one.served('/events', 'none');
      one.served('/events', 'system');
      one.served('/events', 'tenant');
      one.served('/accounts/:id/summary', 'none');
      one.served('/metrics', 'system');
      await one.stop();
    }
    expect(await recorded('2026-11-20T10:00:00Z')).toEqual([
      { component: 'ingest', good: 2, bad: 2 },
      { component: 'summaries', good: 2, bad: 0 },
    ]);
  });

  test('keeps minutes while PostgreSQL is down, and adds them once', async () => {
    nowMs += minuteMs;
    const one = recorder();
    one.served('/events', 'system');
    await postgres.stop();
    await one.stop();
    await postgres.start();
    await one.stop();
    await one.stop();
    expect(await recorded('2026-11-20T10:01:00Z')).toEqual([
      { component: 'ingest', good: 0, bad: 1 },
    ]);
  });
});

describe('the page', () => {
  const probe = {
    isRedisUp: true,
    areDatabasesUp: true,
    delaySeconds: 0,
    isQueueFull: false,
    isQueueTaking: true,
  };
  const board = (changes: Partial<typeof probe> = {}) =>
    new StatusBoard({
      directory: pool,
      readProbe: () => ({ ...probe, ...changes }),
      now: () => Date.parse('2026-11-23T09:30:00Z'),
    }).status();

  test('asks for nothing, runs nothing, and says in words and shapes what its colours say', () => {
    const page = createStatusPage(board());
    expect(page).not.toMatch(/<(script|img|link|iframe|object)|@import|url\(| on\w+=| style=/);
    expect(page).toContain('<html lang="en">');
    for (const id of componentIds) expect(page).toContain(`aria-labelledby="${id}"`);
    expect(page.match(/role="img"\s+aria-label="[^"]+"/g)).toHaveLength(3);
    expect(page.match(/<th scope="row">/g)).toHaveLength(90);
    expect(Buffer.byteLength(page)).toBeLessThan(40_000);
  });

  test.each([
    [
      'a delay within the objective',
      { delaySeconds: 4 },
      ['operational', 'operational', 'operational'],
    ],
    ['a delay beyond it', { delaySeconds: 200 }, ['operational', 'degraded', 'operational']],
    ['a full queue', { isQueueFull: true }, ['outage', 'operational', 'operational']],
    ['no database', { areDatabasesUp: false }, ['operational', 'outage', 'degraded']],
    ['no queue', { isRedisUp: false }, ['degraded', 'outage', 'operational']],
  ] as const)('with %s says so', (...args) => {
    const evaluated = evaluateNow({ ...probe, ...args[1] });
    expect(componentIds.map((id) => evaluated[id].state)).toEqual(args[2]);
    const page = createStatusPage(board(args[1]));
    for (const id of componentIds) expect(page).toContain(evaluated[id].text);
  });

  test('tells the delay in words', () => {
    expect(createStatusPage(board({ delaySeconds: 200 }))).toContain('about 3 minutes');
  });
});
