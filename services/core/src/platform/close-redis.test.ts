import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { closeRedis } from './close-redis.ts';
import { createLogger } from './logger.ts';
import { createRequestRedis } from './redis.ts';

let server: OwnServer;
beforeAll(async () => {
  server = await startOwnRedis();
});
afterAll(() => server.remove());

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('closing a client that waits to connect again leaves no timer, and it stays closed', async () => {
  const redis = createRequestRedis(server.url, 300, createLogger('test', 'silent'));
  await eventually(() => redis.status === 'ready');
  await server.stop();
  await eventually(() => redis.status === 'reconnecting');
  const before = timers();
  closeRedis(redis);
  expect(timers()).toBeLessThan(before);
  await server.start();
  await expect(redis.ping()).rejects.toThrow();
});

test('closing a connected client closes its connection', async () => {
  const redis = createRequestRedis(server.url, 300, createLogger('test', 'silent'));
  await eventually(() => redis.status === 'ready');
  closeRedis(redis);
  await eventually(() => redis.status === 'end');
});
