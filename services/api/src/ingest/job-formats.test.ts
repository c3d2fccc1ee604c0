import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { announceFormats, withdrawFormats } from '@event-platform/core/queue/worker-formats';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

let api: TestApi;
let redis: Redis;
let keys: ReturnType<typeof queueKeys>;
beforeAll(async () => {
  api = await startTestApi();
  redis = new Redis(api.redisUrl);
  keys = queueKeys(api.redisPrefix, 'events');
});
afterAll(async () => {
  redis.disconnect();
  await api.stop();
});

/** Posts events that are packed where that may be, and returns the format of the job. */
async function formatOfNextJob(): Promise<number> {
  const events = Array.from({ length: 200 }, () => ({
    ...{ account_id: 'a', user_id: 'u', type: 't' },
    metadata: { filler: 'x'.repeat(300) },
  }));
  const before = await jobIds();
  const answer = await fetch(`${api.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  expect(answer.status).toBe(202);
  const [id] = (await jobIds()).filter((one) => !before.includes(one));
  const text = await redis.hget(`${api.redisPrefix}:events:${id ?? ''}`, 'data');
  return Number(/^\{"v":(\d+),/.exec(text ?? '')?.[1]);
}
const jobIds = () => redis.zrange(keys.prioritized, 0, -1);
const expectFormat = (format: number) =>
  eventually(async () => expect(await formatOfNextJob()).toBe(format), { timeoutMs: 20_000 });

test('the api writes a newer format only while every live worker reads it', async () => {
  await expectFormat(2);
  await announceFormats(redis, keys, 'new', [2, 3]);
  await expectFormat(3);
  await announceFormats(redis, keys, 'old', [2]);
  await expectFormat(2);
  await withdrawFormats(redis, keys, 'old', [2]);
  await expectFormat(3);
  await withdrawFormats(redis, keys, 'new', [2, 3]);
  await redis.zadd(keys.workerFormats, 0, 'gone:2');
  // Workers of a build that reads more than this one's newest change nothing.
  await announceFormats(redis, keys, 'future', [2, 3, 17]);
  await expectFormat(3);
});
