import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { createEventSource, type CheckEvent } from './check-event.ts';
import { JournalWriter, readJournal } from './journal.ts';
import { LoadClient } from './load-client.ts';
import { seededRandom } from '../harness/seeded-random.ts';

const dir = mkdtempSync(join(tmpdir(), 'ep-load-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** A server that hurts every event twice before it takes it: connection lost, then refused. */
async function startMoodyServer() {
  const tries = new Map<string, number>();
  const packed: number[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const isPacked = request.headers['content-encoding'] === 'gzip';
    if (isPacked) packed.push(body.length);
    const events = JSON.parse(String(isPacked ? gunzipSync(body) : body)) as CheckEvent[];
    const counts = events.map(({ event_id }) => (tries.get(event_id) ?? 0) + 1);
    for (const [index, { event_id }] of events.entries()) tries.set(event_id, counts[index] ?? 0);
    if (counts.includes(1)) {
      request.socket.resetAndDestroy();
      return;
    }
    const results = counts.map((count, index) =>
      count > 2
        ? { index, status: 'accepted' }
        : { index, status: 'rejected', code: 'account_limit' },
    );
    response.writeHead(202).end(JSON.stringify({ results }));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url, tries, packed, close };
}

const random = seededRandom(1);
const nextEvent = createEventSource({ accountPrefix: 'a', accounts: 2, random, now: Date.now });

function createClient(url: string, journal: JournalWriter): LoadClient {
  return new LoadClient(
    {
      ...{ url, eventsPerSecond: 200, eventsPerRequest: 5, timeoutMs: 5_000 },
      ...{ duplicateShare: () => 0, waitShare: () => 0, maxOpen: 3, random, nextEvent },
    },
    journal,
  );
}

test('events of somebody else’s making are posted beside the load, packed where they are large, until they are accepted', async () => {
  const server = await startMoodyServer();
  const file = join(dir, 'journal-beside');
  const journal = new JournalWriter(file);
  const client = createClient(server.url, journal);
  const metadata = { text: 'x'.repeat(60_000) };
  const events = Array.from({ length: 10 }, () => ({ ...nextEvent(), metadata }));
  await client.post(events, 5_000);
  journal.close();
  await server.close();
  expect(client.accepted).toBe(events.length);
  expect(server.packed).toHaveLength(3);
  expect(Math.max(...server.packed)).toBeLessThan(60_000);
  const attempts = [...readJournal(file).values()].map((event) => event.attempts);
  expect(attempts).toEqual(events.map(() => 3));
});

test('what was not accepted is posted again with the same ids, and every attempt is on file', async () => {
  const server = await startMoodyServer();
  const file = join(dir, 'journal');
  const journal = new JournalWriter(file);
  const client = createClient(server.url, journal);
  client.start();
  await eventually(() => client.accepted >= 10);
  await client.stop(10_000);
  journal.close();
  await server.close();
  const attempted = [...readJournal(file).values()];
  expect(attempted.length).toBe(client.accepted);
  expect(attempted.every(({ outcome }) => outcome === 'ok')).toBe(true);
  expect(attempted.every(({ attempts }) => attempts === 3)).toBe(true);
  expect(attempted.every(({ unknownAttempts }) => unknownAttempts === 1)).toBe(true);
  expect(new Set(attempted.map(({ eventId }) => eventId))).toEqual(new Set(server.tries.keys()));
});
