import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withMemoryGroups } from '@event-platform/testkit/harness/needs-memory-groups';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { checkAnswer } from '@event-platform/testkit/client/check-answer';
import { hostileBody, hostileKinds, type HostileKind } from './hostile-bodies.ts';
import { startLimitedStack, type LimitedStack } from './limited-stack.ts';
import { wrongsOf } from './report.ts';
import { runStructure } from './run-structure.ts';
import { sendShape } from './send-shape.ts';
import { kinds, shapeBody } from './shapes.ts';

const names = { account: 'a', idPrefix: 'p' };

describe('bodies', () => {
  test.each(kinds)(
    'of the kind %s are the same for the same seed, but for the time',
    async (kind) => {
      const make = async (seed: number) => {
        const { bytes, isGzip, events } = await shapeBody(seededRandom(seed), names, kind);
        return { isGzip, bytes: bytes.length, ids: events.map(({ eventId }) => eventId) };
      };
      for (let seed = 1; seed <= 5; seed++) {
        const [one, again] = [await make(seed), await make(seed)];
        expect({ ...one, bytes: 0 }).toEqual({ ...again, bytes: 0 });
      }
    },
  );
});

withMemoryGroups.describe('in the memory that the chart gives them', () => {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-structure-test-'));
  const redis = testRedis();
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await redis.cleanup();
    await database.drop();
    rmSync(dir, { recursive: true });
  });
  const where = () => ({
    ...{ memoryMiB: 512, dir, databaseUrl: database.url },
    ...{ redisUrl: redis.url, redisPrefix: redis.prefix },
  });

  test('api and worker live through bodies of odd structure, and every accepted event is stored once', async () => {
    const requests = 400;
    const report = await runStructure({ ...where(), requests, seed: 5, maxSeconds: 300 });
    expect(wrongsOf(report, requests)).toEqual([]);
    expect(report.checked.accepted).toBeGreaterThan(requests);
    expect(report.checked.rejected).toBeGreaterThan(0);
  }, 600_000);

  describe('an api lives on', () => {
    let stack: LimitedStack;
    const agent = new Agent({ keepAlive: true });
    beforeAll(async () => {
      stack = await startLimitedStack({ ...where(), accounts: ['hostile'] });
    }, 120_000);
    afterAll(async () => {
      agent.destroy();
      await stack.stop();
    });

    const cases = hostileKinds.flatMap((kind): [HostileKind, number][] => [
      [kind, 1],
      [kind, 8],
    ]);
    cases.push(['large', 20]);
    test.each(cases)(
      'through bodies of the kind %s from %i senders at once',
      async (kind, count) => {
        const target = {
          ...{ url: stack.api.url, agent, key: stack.keys.get('hostile') ?? '' },
          localAddress: '127.0.0.1',
        };
        await stack.api.untilReady();
        const endsBefore = stack.api.slot.unexpectedExits.length;
        const answers = Array.from({ length: count }, async (_, sender) => {
          const idPrefix = `${kind}-${count}-${sender}`;
          const body = await hostileBody(kind, { account: 'hostile', idPrefix });
          const answer = await sendShape(target, body, 'whole', seededRandom(1));
          const isTaken = answer?.status === 202 && kind !== 'large';
          return checkAnswer('POST', answer) ?? (isTaken ? 'taken' : 'as the contract says');
        });
        const found = new Set(await Promise.all(answers));
        // One that has ended is ready only after its next start.
        await stack.api.untilReady();
        expect({ found, ends: stack.api.slot.unexpectedExits.slice(endsBefore) }).toEqual({
          found: new Set(['as the contract says']),
          ends: [],
        });
      },
      120_000,
    );
  });
});
