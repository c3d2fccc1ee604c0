import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { population } from '../events/sample-event.ts';
import { Load } from './load.ts';
import type { SenderPlan } from './load-plan.ts';

let server: Server | undefined;
let received: string[] = [];
let hold: Promise<void> = Promise.resolve();
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server) await once(server, 'close');
  server = undefined;
  received = [];
  hold = Promise.resolve();
});

async function open(pace: SenderPlan['pace'], eventsPerRequest = 1): Promise<Load> {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(Buffer.concat(chunks).toString());
      response.statusCode = 202;
      void hold.then(() => response.end('{}'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Load.open({ ports: [port], senders: [{ account: 'one', eventsPerRequest, pace }] });
}

const idsOf = (bodies: string[]) =>
  bodies.flatMap((body) => [...body.matchAll(/"event_id":"([^"]+)"/g)].map(([, id]) => id));

test('as many requests as connections are under way, each with new ids, and every answer counts', async () => {
  const load = await open({ connections: 3 }, 5);
  load.start();
  await eventually(() => expect(received.length).toBeGreaterThan(20));
  const report = await load.stop();
  load.close();
  const ids = idsOf(received);
  expect(new Set(ids).size).toBe(ids.length);
  expect(report.accepted).toEqual({ one: 5 * received.length });
  expect(report.statuses).toEqual({ 202: received.length });
});

test('the times of events that are sent again and again move on with the clock', async () => {
  const load = await open({ requestsPerSecond: 50 }, 2);
  const openedAtMs = Date.now();
  load.start();
  const times = () =>
    received
      .flatMap((body) => [...body.matchAll(/"timestamp":"([^"]+)"/g)])
      .map(([, time]) => Date.parse(time ?? ''));
  // Ten connections of two events each would have twenty times for ever.
  await eventually(() => expect(new Set(times()).size).toBeGreaterThan(20));
  await load.stop();
  load.close();
  for (const time of times()) {
    expect(time).toBeGreaterThan(openedAtMs - population.timestampSpreadMs - 1);
    expect(time).toBeLessThanOrEqual(Date.now());
  }
});

test('a stop waits for the answers that are still to come, and nothing is sent after it', async () => {
  const held = Promise.withResolvers<undefined>();
  hold = held.promise;
  const load = await open({ requestsPerSecond: 500 });
  load.start();
  await eventually(() => expect(received.length).toBeGreaterThan(3));
  const stopped = load.stop();
  const sent = received.length;
  held.resolve(undefined);
  const { acceptedEvents } = await stopped;
  // What was on its way when the sending ended may arrive, and no more.
  expect(acceptedEvents).toBe(received.length);
  expect(received.length).toBeGreaterThanOrEqual(sent);
  load.close();
});

test('a request belongs to the interval in which it was due, however late its answer is', async () => {
  const held = Promise.withResolvers<undefined>();
  hold = held.promise;
  const load = await open({ connections: 2 });
  load.start();
  await eventually(() => expect(received).toHaveLength(2));
  load.nextInterval();
  held.resolve(undefined);
  await eventually(() => expect(received.length).toBeGreaterThan(10));
  const { intervals } = await load.stop();
  load.close();
  expect(intervals.map(({ requests }) => requests)).toEqual([2, received.length - 2]);
});

test('a load that is started again counts from nothing', async () => {
  const load = await open({ connections: 1 });
  load.start();
  await eventually(() => expect(received.length).toBeGreaterThan(2));
  await load.stop();
  const before = received.length;
  load.start();
  await eventually(() => expect(received.length).toBeGreaterThan(before + 2));
  const { acceptedEvents, intervals } = await load.stop();
  load.close();
  expect(acceptedEvents).toBe(received.length - before);
  expect(intervals.map(({ requests }) => requests)).toEqual([received.length - before]);
});
