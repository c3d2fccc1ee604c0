import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

// Whose fault a 429 is decides whether it burns the error budget. No worker runs here.
let redis: OwnServer;
let api: TestApi;
beforeAll(async () => {
  redis = await startOwnRedis();
  api = await startTestApi({
    REDIS_URL: redis.url,
    ACCOUNT_EVENTS_PER_MINUTE: '10',
    ACCOUNT_MAX_PENDING_EVENTS: '8',
    API_REPLICAS: '2',
  });
});
afterAll(async () => {
  // With Redis still unavailable: the leak check sees whether anything goes on trying.
  await api.stop();
  await redis.remove();
});

async function post(accountId: string, events: number): Promise<number> {
  const event = { account_id: accountId, user_id: 'u', type: 't' };
  const response = await fetch(`${api.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.from({ length: events }, () => event)),
  });
  await response.arrayBuffer();
  return response.status;
}

async function metric(series: string): Promise<number> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(series));
  return Number(line?.split(' ').at(-1) ?? 0);
}

const rejected = (code: string, fault: string) =>
  metric(`events_rejected_total{code="${code}",fault="${fault}"`);
const answered = (status: number, fault: string) =>
  metric(`http_requests_total{method="POST",route="/events",status="${status}",fault="${fault}"`);

test('a limit that is used up is the tenant’s own fault', async () => {
  await eventually(async () => expect(await post('eager', 8)).toBe(202));
  expect(await post('eager', 4)).toBe(429);
  expect(await rejected('account_limit', 'tenant')).toBe(4);
  await eventually(async () => expect(await answered(429, 'tenant')).toBe(1));
});

test('a full backlog is the tenant’s fault while the queue moves, and the system’s once it stands still', async () => {
  const before = await answered(429, 'system');
  await eventually(async () => {
    expect(await post('eager', 1)).toBe(429);
    expect(await rejected('account_backlog', 'system')).toBeGreaterThan(0);
  });
  await eventually(async () => expect(await answered(429, 'system')).toBeGreaterThan(before));
});

test('without Redis a denial within the whole limit is the system’s fault, beyond it the tenant’s', async () => {
  await redis.stop();
  await eventually(() => metric('redis_up').then((up) => up === 0));
  const before = await rejected('account_limit', 'tenant');
  const own = await rejected('account_limit', 'system');
  const failovers = await metric('limiter_failovers_total');
  expect(await post('careful', 5)).toBe(202);
  expect(await post('careful', 2)).toBe(429);
  expect(await rejected('account_limit', 'system')).toBe(own + 2);
  expect(await post('careful', 9)).toBe(429);
  expect(await rejected('account_limit', 'tenant')).toBe(before + 9);
  expect(await metric('limiter_failovers_total')).toBe(failovers + 3);
});
