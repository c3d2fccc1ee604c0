import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { testRedis, type TestRedis } from '@event-platform/testkit/harness/test-redis';
import { AdmissionClient, type AdmissionRequest } from './admission-client.ts';
import { decide } from './testing/decide.ts';

let area: TestRedis;
let redis: Redis;
let other: Redis;
let round = 0;

beforeAll(async () => {
  area = testRedis();
  redis = new Redis(area.url);
  other = new Redis(area.url);
  await Promise.all([redis.ping(), other.ping()]);
});
afterAll(async () => {
  await Promise.all([redis.quit(), other.quit()]);
  await area.cleanup();
});
afterEach(() => {
  round++;
});

/** Two clients on two connections: two api processes. Each test and each run gets keys of its own. */
function twoClients(settings: { windowMs?: number; maxPendingInAll?: number } = {}) {
  const keys = queueKeys(`${area.prefix}:${round++}`, 'events');
  const shared = {
    keys,
    windowMs: settings.windowMs ?? 60_000,
    maxPendingInAll: settings.maxPendingInAll ?? 1_000_000,
    tagUnit: 1,
    maxPriority: 2_000_000,
  };
  return {
    keys,
    clients: [
      new AdmissionClient({ ...shared, redis }),
      new AdmissionClient({ ...shared, redis: other }),
    ] as const,
  };
}

const request = (cost: number, overrides: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  accountId: 'a',
  cost,
  limit: 1_000,
  maxPending: 1_000_000,
  weight: 1,
  ...overrides,
});

describe('the sliding window', () => {
  test('two processes together grant exactly the limit of a burst, event for event', async () => {
    const { clients } = twoClients();
    const answers = await Promise.all(
      Array.from({ length: 3_000 }, (_, index) =>
        clients[index % 2 === 0 ? 0 : 1].admit(request(1)),
      ),
    );
    expect(answers.filter(({ decision }) => decision === 'admitted')).toHaveLength(1_000);
    expect(answers.filter(({ decision }) => decision === 'limit')).toHaveLength(2_000);
  });

  test('no span of one window ever holds more than the limit, whatever two processes send', async () => {
    const windowMs = 600;
    const limit = 100;
    const burst = fc.record({
      pauseMs: fc.integer({ min: 0, max: 250 }),
      costs: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { minLength: 2, maxLength: 8 }), async (bursts) => {
        const { clients } = twoClients({ windowMs });
        const granted: { sentMs: number; answeredMs: number; cost: number }[] = [];
        for (const { pauseMs, costs } of bursts) {
          await sleep(pauseMs);
          await Promise.all(
            costs.map(async (cost, index) => {
              const sentMs = performance.now();
              const admissionClient = clients[index % 2 === 0 ? 0 : 1];
              const { decision } = await admissionClient.admit(request(cost, { limit }));
              const answeredMs = performance.now();
              if (decision === 'admitted') granted.push({ sentMs, answeredMs, cost });
            }),
          );
        }
        // Redis decided somewhere between sending and answering, so only those count that lie in
        // the span for certain.
        for (const { sentMs } of granted) {
          const inSpan = granted.filter(
            (grant) => grant.sentMs >= sentMs && grant.answeredMs <= sentMs + windowMs,
          );
          expect(inSpan.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('after the announced wait the same request passes', async () => {
    const windowMs = 3_000;
    const { clients } = twoClients({ windowMs });
    await clients[0].admit(request(60, { limit: 100 }));
    const denied = await decide(clients[0], request(70, { limit: 100 }));
    expect(denied).toMatchObject({ decision: 'limit', used: 60 });
    expect(denied.waitMs).toBeGreaterThan(0);
    // What was granted falls out with its slot, the sixtieth of a window.
    expect(denied.waitMs).toBeLessThanOrEqual(windowMs + windowMs / 60);
    await sleep(denied.waitMs + 5);
    expect(await clients[0].admit(request(70, { limit: 100 }))).toMatchObject({
      decision: 'admitted',
    });
  });

  test('a denied request adds nothing, so a smaller one still fits', async () => {
    const { clients } = twoClients();
    await clients[0].admit(request(900));
    for (let attempt = 0; attempt < 50; attempt++) await clients[1].admit(request(200));
    expect(await clients[0].admit(request(100))).toMatchObject({
      decision: 'admitted',
      used: 1_000,
    });
  });

  test('a request beyond the whole limit has a decision of its own, since waiting would not help', async () => {
    const { clients } = twoClients();
    expect(await clients[0].admit(request(1_001))).toMatchObject({ decision: 'cost_above_limit' });
  });

  test('accounts do not use up one another’s limit', async () => {
    const { clients } = twoClients();
    await clients[0].admit(request(1_000, { accountId: 'whale' }));
    expect(await clients[0].admit(request(1, { accountId: 'whale' }))).toMatchObject({
      decision: 'limit',
    });
    expect(await clients[0].admit(request(1, { accountId: 'minnow' }))).toMatchObject({
      decision: 'admitted',
    });
  });
});

describe('the backlog limits', () => {
  /** Puts a job where BullMQ would, as the job producer does after admission. */
  async function enqueue(keys: ReturnType<typeof queueKeys>, priority: number, member: string) {
    await redis.zadd(keys.prioritized, priority * 2 ** 32, member);
  }

  test('an account with its allowance waiting is denied, another one is not', async () => {
    const { clients, keys } = twoClients();
    const first = await decide(clients[0], request(300, { maxPending: 300 }));
    await enqueue(keys, first.priority, 'job');
    expect(await clients[1].admit(request(1, { maxPending: 300 }))).toMatchObject({
      decision: 'account_backlog',
    });
    expect(await clients[1].admit(request(1, { accountId: 'b', maxPending: 300 }))).toMatchObject({
      decision: 'admitted',
    });
  });

  test('a full queue denies everybody, and takes again once it is empty', async () => {
    const { clients, keys } = twoClients({ maxPendingInAll: 500 });
    const first = await decide(clients[0], request(500));
    await enqueue(keys, first.priority, 'job');
    expect(await clients[1].admit(request(1, { accountId: 'b' }))).toMatchObject({
      decision: 'backlog_full',
    });
    await redis.zrem(keys.prioritized, 'job');
    expect(await clients[1].admit(request(1, { accountId: 'b' }))).toMatchObject({
      decision: 'admitted',
    });
    expect(await redis.get(keys.pending)).toBe('1');
  });

  test('a denial by a backlog limit leaves the account’s window untouched', async () => {
    const { clients, keys } = twoClients();
    const first = await decide(clients[0], request(10, { maxPending: 10 }));
    await enqueue(keys, first.priority, 'job');
    await clients[0].admit(request(5, { maxPending: 10 }));
    expect(await redis.hget(keys.limit('a'), 's')).toBe('10');
  });
});

test('without Redis the answer comes at once, and says why', async () => {
  const unavailable = new Redis({ port: 1, lazyConnect: true, retryStrategy: () => null });
  const { keys } = twoClients();
  const admissionClient = new AdmissionClient({
    redis: unavailable,
    keys,
    windowMs: 60_000,
    maxPendingInAll: 1,
    tagUnit: 1,
    maxPriority: 10,
  });
  expect(await admissionClient.admit(request(1))).toMatchObject({
    decision: 'unavailable',
    failure: { reason: 'unreachable' },
  });
  unavailable.disconnect();
});
