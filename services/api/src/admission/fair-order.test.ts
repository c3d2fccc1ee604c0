import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { queueKeys, type QueueKeys } from '@event-platform/core/platform/queue-names';
import { testRedis, type TestRedis } from '@event-platform/testkit/harness/test-redis';
import { AdmissionClient } from './admission-client.ts';
import { decide } from './testing/decide.ts';

let area: TestRedis;
let redis: Redis;
let round = 0;

beforeAll(async () => {
  area = testRedis();
  redis = new Redis(area.url);
  await redis.ping();
});
afterAll(async () => {
  await redis.quit();
  await area.cleanup();
});

interface Served {
  accountId: string;
  events: number;
}

/** A queue as BullMQ keeps it, served one job at a time; the workers' side of fairness. */
function fairQueue(settings: { tagUnit?: number; maxPriority?: number } = {}) {
  const keys: QueueKeys = queueKeys(`${area.prefix}:${round++}`, 'events');
  const admissionClient = new AdmissionClient({
    redis,
    keys,
    windowMs: 60_000,
    maxPendingInAll: 10_000_000,
    tagUnit: settings.tagUnit ?? 1,
    maxPriority: settings.maxPriority ?? 2_000_000,
  });
  let added = 0;
  async function add(accountId: string, events: number, weight = 1): Promise<number> {
    const { decision, priority } = await decide(admissionClient, {
      accountId,
      cost: events,
      limit: 10_000_000,
      maxPending: 10_000_000,
      weight,
    });
    expect(decision).toBe('admitted');
    const member = JSON.stringify({ accountId, events, n: added });
    await redis.zadd(keys.prioritized, priority * 2 ** 32 + added++, member);
    return priority;
  }
  return {
    keys,
    add,
    /** Adds so many jobs of the same size, in few round trips. */
    async addMany(jobs: number, accountId: string, events: number, weight = 1): Promise<void> {
      // Alone: a queue that is still empty forgets the tags of those who are on their way.
      await add(accountId, events, weight);
      await Promise.all(Array.from({ length: jobs - 1 }, () => add(accountId, events, weight)));
    },
    /** Everything that waits, in the order of service. */
    async serveAll(): Promise<Served[]> {
      const popped = await redis.zpopmin(keys.prioritized, added);
      return popped
        .filter((_text, index) => index % 2 === 0)
        .map((member) => JSON.parse(member) as Served);
    },
    async serve(): Promise<Served | undefined> {
      const [member] = await redis.zpopmin(keys.prioritized);
      return member === undefined ? undefined : (JSON.parse(member) as Served);
    },
  };
}

describe('fair order', () => {
  test('a job of a quiet account overtakes the whole backlog of a flooding one', async () => {
    const queue = fairQueue();
    for (let job = 0; job < 100; job++) await queue.add('flood', 100);
    await queue.serve();
    await queue.add('quiet', 1);
    const next = [await queue.serve(), await queue.serve()];
    expect(next.map((job) => job?.accountId)).toContain('quiet');
  });

  test('two backlogged accounts are served in proportion to their weights', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        async (weight, costA, costB) => {
          const queue = fairQueue();
          const total = 40 * Math.max(costA, costB);
          await queue.addMany(Math.ceil((total * weight) / costA), 'a', costA, weight);
          await queue.addMany(Math.ceil(total / costB), 'b', costB);
          const served = { a: 0, b: 0 };
          for (const job of await queue.serveAll()) {
            // Half of what b has: both stay backlogged all the while.
            if (served.b >= total / 2) break;
            served[job.accountId as 'a' | 'b'] += job.events;
          }
          expect(served.b).toBeGreaterThanOrEqual(total / 2);
          // Start-time fair queueing: normalised service differs by one largest job of each,
          // and here by the one unit of priority to which tags are rounded.
          const bound = costA / weight + costB + 2;
          expect(Math.abs(served.a / weight - served.b)).toBeLessThanOrEqual(bound);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('ten equal accounts with jobs of unequal size get equal shares (Jain ≥ 0.95)', async () => {
    const queue = fairQueue({ tagUnit: 64 });
    const accounts = Array.from({ length: 10 }, (_, index) => `account-${index}`);
    for (const [index, accountId] of accounts.entries()) {
      const cost = 10 * (index + 1);
      await queue.addMany(Math.ceil(3_000 / cost), accountId, cost);
    }
    const served = new Map(accounts.map((accountId) => [accountId, 0]));
    let events = 0;
    for (const job of await queue.serveAll()) {
      if (events >= 10_000) break;
      events += job.events;
      served.set(job.accountId, (served.get(job.accountId) ?? 0) + job.events);
    }
    const shares = [...served.values()];
    const sum = shares.reduce((a, b) => a + b, 0);
    const jain = sum ** 2 / (shares.length * shares.reduce((a, b) => a + b ** 2, 0));
    expect(jain).toBeGreaterThanOrEqual(0.95);
  });

  test('the jobs of one account keep their order', async () => {
    const queue = fairQueue({ tagUnit: 64 });
    for (let events = 1; events <= 50; events++) {
      await queue.add('a', events);
      await queue.add('b', 7);
    }
    const order: number[] = [];
    for (let job = await queue.serve(); job; job = await queue.serve()) {
      if (job.accountId === 'a') order.push(job.events);
    }
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  test('an idle account gains no credit: it competes from now on, not for the past', async () => {
    const queue = fairQueue();
    for (let job = 0; job < 200; job++) await queue.add('busy', 10);
    for (let job = 0; job < 100; job++) await queue.serve();
    for (let job = 0; job < 50; job++) await queue.add('late', 10);
    const next = { busy: 0, late: 0 };
    for (let job = 0; job < 40; job++) {
      const served = await queue.serve();
      if (served) next[served.accountId as 'busy' | 'late']++;
    }
    expect(Math.abs(next.busy - next.late)).toBeLessThanOrEqual(2);
  });

  test('tags near the largest priority move down, and the order stays', async () => {
    const queue = fairQueue({ maxPriority: 200 });
    const priorities: number[] = [];
    const served: string[] = [];
    for (let job = 0; job < 60; job++) {
      priorities.push(await queue.add('a', 10), await queue.add('b', 10));
      // One of each is served as two come in after the first ten rounds: a standing backlog.
      if (job >= 10)
        for (const next of [await queue.serve(), await queue.serve()])
          served.push(next?.accountId ?? '');
    }
    expect(Math.max(...priorities)).toBeLessThanOrEqual(200);
    const a = served.filter((accountId) => accountId === 'a').length;
    expect(Math.abs(a - served.length / 2)).toBeLessThanOrEqual(3);
  });

  test('an empty queue forgets every tag', async () => {
    const queue = fairQueue();
    await queue.add('a', 1_000);
    await queue.add('a', 1_000);
    await queue.serve();
    await queue.serve();
    expect(await queue.add('a', 1)).toBe(1);
    expect(await redis.zcard(queue.keys.tags)).toBe(1);
  });
});
