import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createLogger } from '@event-platform/core/platform/logger';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { checkDurability } from './redis-durability.ts';

let server: OwnServer;
let redis: Redis;
beforeAll(async () => {
  server = await startOwnRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});

const ready = async ({ url }: TestApi) => {
  const response = await fetch(`${url}/healthz/ready`);
  const { warnings } = (await response.json()) as { warnings?: string[] };
  return { status: response.status, warnings };
};
const gauge = async ({ url }: TestApi, kind: string) => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return new RegExp(`^redis_durability_warning\\{.*kind="${kind}".*\\} (\\d)$`, 'm').exec(
    text,
  )?.[1];
};

async function withApi(
  logger: Parameters<typeof startTestApi>[1],
  use: (api: TestApi) => Promise<void>,
) {
  const api = await startTestApi({ REDIS_URL: server.url }, logger);
  try {
    await use(api);
  } finally {
    await api.stop();
  }
}

test('a Redis that keeps what it takes is warned of by nothing', async () => {
  await withApi(undefined, async (api) => {
    await eventually(async () => expect(await ready(api)).toEqual({ status: 200 }));
    for (const kind of ['evicts', 'not_persistent', 'write_failing']) {
      expect(await gauge(api, kind)).toBe('0');
    }
  });
});

test('a Redis that evicts and does not persist: ready, with warnings, a gauge, and one line each', async () => {
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await redis.config('SET', 'appendonly', 'no');
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  await withApi(createLogger('api', 'info', sink), async (api) => {
    await eventually(async () => {
      const warnings = ['evicts', 'not_persistent'];
      expect(await ready(api)).toEqual({ status: 200, warnings });
    });
    expect(await gauge(api, 'evicts')).toBe('1');
    expect(await gauge(api, 'not_persistent')).toBe('1');
    expect(await gauge(api, 'write_failing')).toBe('0');
  });
  const logged = lines.filter((line) => line.includes('"kind"'));
  expect(logged.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
    'evicts',
    'not_persistent',
  ]);
});

test('INFO alone is evaluated, and what it does not say is no warning', () => {
  expect(checkDurability('')).toEqual([]);
  expect(checkDurability('aof_enabled:1\r\nmaxmemory_policy:noeviction\r\n')).toEqual([]);
  expect(checkDurability('aof_enabled:1\r\naof_last_write_status:err\r\n')).toEqual([
    'write_failing',
  ]);
});
