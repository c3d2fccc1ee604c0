import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { population } from '../events/sample-event.ts';
import { Intervals } from './intervals.ts';
import { Sender } from './sender.ts';
import type { TenantTraffic } from './traffic-plan.ts';

let server: Server | undefined;
let received: string[] = [];
let intervals = new Intervals();
let hold: Promise<void> = Promise.resolve();
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server) await once(server, 'close');
  server = undefined;
  received = [];
  intervals = new Intervals();
});

async function open(pace: TenantTraffic['pace'], eventsPerRequest = 1): Promise<Sender> {
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
  const fail = (error: Error) => {
    throw error;
  };
  return Sender.open(port, { account: 'one', eventsPerRequest, pace }, intervals, fail);
}

const idsOf = (bodies: string[]) =>
  bodies.flatMap((body) => [...body.matchAll(/"event_id":"([^"]+)"/g)].map(([, id]) => id));

test('as many requests as connections are under way, each with new ids, and every answer counts', async () => {
  const sender = await open({ connections: 3 }, 5);
  sender.start(0);
  await eventually(() => expect(received.length).toBeGreaterThan(20));
  await sender.stop();
  sender.close();
  const ids = idsOf(received);
  expect(new Set(ids).size).toBe(ids.length);
  expect(sender.acceptedEvents).toBe(5 * received.length);
  expect([...sender.statuses]).toEqual([[202, received.length]]);
});

test('the times of events that are sent again and again move on with the clock', async () => {
  const sender = await open({ requestsPerSecond: 50 }, 2);
  const openedAtMs = Date.now();
  sender.start(0);
  const times = () =>
    received
      .flatMap((body) => [...body.matchAll(/"timestamp":"([^"]+)"/g)])
      .map(([, time]) => Date.parse(time ?? ''));
  // Ten connections of two events each would have twenty times for ever.
  await eventually(() => expect(new Set(times()).size).toBeGreaterThan(20));
  await sender.stop();
  sender.close();
  for (const time of times()) {
    expect(time).toBeGreaterThan(openedAtMs - population.timestampSpreadMs - 1);
    expect(time).toBeLessThanOrEqual(Date.now());
  }
});

test('a stop waits for the answers that are still to come, and nothing is sent after it', async () => {
  const held = Promise.withResolvers<undefined>();
  hold = held.promise;
  const sender = await open({ requestsPerSecond: 500 });
  sender.start(0);
  await eventually(() => expect(received.length).toBeGreaterThan(3));
  const stopped = sender.stop();
  const sent = received.length;
  held.resolve(undefined);
  await stopped;
  // What was on its way when the sending ended may arrive, and no more.
  expect(sender.acceptedEvents).toBe(received.length);
  expect(received.length).toBeGreaterThanOrEqual(sent);
  sender.close();
});

test('a request belongs to the lap in which it was due, however late its answer is', async () => {
  const held = Promise.withResolvers<undefined>();
  hold = held.promise;
  const sender = await open({ connections: 2 });
  sender.start(0);
  await eventually(() => expect(received).toHaveLength(2));
  intervals.next();
  held.resolve(undefined);
  await eventually(() => expect(received.length).toBeGreaterThan(10));
  await sender.stop();
  sender.close();
  const [first, second] = intervals.read();
  expect(first?.requests).toBe(2);
  expect(second?.requests).toBe(received.length - 2);
});
