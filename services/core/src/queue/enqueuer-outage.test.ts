import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { queueKeys } from '../platform/queue-names.ts';
import { createLogger } from '../platform/logger.ts';
import { createRequestRedis } from '../platform/redis.ts';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { Enqueuer } from './enqueuer.ts';
import { TextQueue } from './text-job.ts';

let server: OwnServer;
let redis: Redis;
beforeAll(async () => {
  server = await startOwnRedis();
  redis = createRequestRedis(server.url, 300, createLogger('test', 'silent'));
  await new Promise((resolve) => redis.once('ready', resolve));
});
afterAll(async () => {
  await redis.quit();
  await server.remove();
});

// BullMQ asks for the version of Redis when a queue is made, and never again: an error in this moment
// would be the answer to every later job.
test('a queue that is made while Redis hangs adds jobs once it answers', async () => {
  await server.kill('SIGSTOP');
  const queue = new TextQueue('events', { connection: redis, prefix: '{t}' });
  queue.on('error', () => undefined);
  const keys = queueKeys('{t}', 'events');
  const enqueuer = new Enqueuer({ redis, queue, keys, process: 'p' });
  const header = { accounts: [['a', 1]] as [string, number][], ids: 'abcdefgh' };
  const add = () => enqueuer.add([{ text: 'text', opts: { priority: 1 }, header }]);
  await expect(add()).rejects.toThrow(/timed out/);
  await server.kill('SIGCONT');
  await eventually(
    async () => {
      expect(await add()).toEqual({ failures: [undefined], noteFailure: undefined });
    },
    { timeoutMs: 10_000 },
  );
  await queue.close();
});
