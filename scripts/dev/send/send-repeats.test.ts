import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  accepted,
  receiptOf,
  startContractServer,
  type ContractServer,
  type PostedEvent,
  type Reply,
} from './contract-server.ts';
import { sendFile, type SendOptions } from './send-file.ts';

let dir: string;
let server: ContractServer | undefined;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ep-send-'));
});
afterAll(() => rmSync(dir, { recursive: true }));
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Behaviour extends Partial<SendOptions> {
  answer?: (events: PostedEvent[]) => Reply;
  receipt?: (eventId: string) => Reply;
}

/** Sends one event a line, given as id:type, and gives the requests in the same form. */
async function send(texts: string[], { answer, receipt, ...changed }: Behaviour = {}) {
  server = await startContractServer(
    answer ?? ((events) => accepted(events)),
    undefined,
    receipt ?? ((eventId) => receiptOf(eventId, 'stored')),
  );
  const file = join(dir, 'events.ndjson');
  const lines = texts.map((text) => {
    const [id, type] = text.split(':');
    return JSON.stringify({ ...(id && { event_id: id }), account_id: 'a', user_id: 'u', type });
  });
  writeFileSync(file, lines.join('\n'));
  const sent = await sendFile({
    file,
    client: { url: server.url, apiKey: undefined, format: 'ndjson', isGzip: false },
    batch: 2,
    concurrency: 3,
    limit: Infinity,
    totalLines: undefined,
    maxRetryMs: 20_000,
    maxStoreMs: 20_000,
    account: undefined,
    stop: new AbortController(),
    ...changed,
  });
  const requests = server.requests.map(({ events }) =>
    events.map(({ event_id, type }) => `${event_id}:${type}`),
  );
  return { ...sent, requests, types: sent.tally.counts().get('a')?.by_type };
}

describe('lines that repeat an event_id', () => {
  test('are sent after all others, and count as duplicates of the first', async () => {
    const { requests, totals, types } = await send(['x:1', 'x:2', 'y:1', 'x:3', 'z:1', 'y:2']);
    expect(requests.slice(0, 2)).toEqual(expect.arrayContaining([['x:1', 'y:1'], ['z:1']]));
    expect(requests.slice(2).flat().sort()).toEqual(['x:2', 'x:3', 'y:2']);
    expect(totals).toMatchObject({ accepted: 6, duplicates: 3 });
    expect(types).toEqual({ 1: 3 });
  });

  test('are not sent while the first waits in the queue', async () => {
    const asked: number[] = [];
    const { requests } = await send(['x:1', 'x:2'], {
      receipt(eventId) {
        asked.push(server?.requests.length ?? 0);
        return asked.length < 3 ? receiptOf(eventId, 'queued') : receiptOf(eventId, 'stored');
      },
    });
    expect(asked).toEqual([1, 1, 1]);
    expect(requests).toEqual([['x:1'], ['x:2']]);
  });

  test('are reported and not sent when the first is not stored in time', async () => {
    const { requests, rejections, totals } = await send(['x:1', 'y:1', 'x:2', 'y:2', 'x:3'], {
      maxStoreMs: 0,
      receipt: (eventId) => receiptOf(eventId, eventId === 'x' ? 'queued' : 'stored'),
    });
    expect(requests).toEqual([['x:1', 'y:1'], ['y:2']]);
    expect(totals).toMatchObject({ accepted: 3, duplicates: 1 });
    expect(rejections.table()).toMatch(/first_not_stored +2 {2}3, 5 +An earlier line/);
  });

  test('take the place of a first that was refused, one at a time, in the order of the file', async () => {
    const { requests, types, totals } = await send(['x:bad', 'x:bad', 'x:3', 'x:4', 'y:1'], {
      answer: (events) =>
        accepted(events, events.some(({ type }) => type === 'bad') ? { x: 'type_empty' } : {}),
    });
    expect(requests).toEqual([['x:bad', 'y:1'], ['x:bad'], ['x:3'], ['x:4']]);
    expect(types).toEqual({ 1: 1, 3: 1 });
    expect(totals).toMatchObject({ accepted: 3, duplicates: 1 });
  });

  test.each([
    ['the key may not read', 403],
    ['the event is lost', 404],
  ])('are sent all the same when %s', async (_why, status) => {
    const { requests, totals } = await send(['x:1', 'x:2'], { receipt: () => ({ status }) });
    expect(requests).toEqual([['x:1'], ['x:2']]);
    expect(totals).toMatchObject({ accepted: 2, duplicates: 1 });
  });

  test('count towards the limit of lines, and lines without an id never repeat', async () => {
    const { requests } = await send(['x:1', 'x:2', 'x:3', 'x:4'], { limit: 3, batch: 9 });
    expect(requests).toEqual([['x:1'], ['x:2', 'x:3']]);
    await server?.close();
    const { requests: without } = await send([':1', ':2', ':3'], { batch: 9 });
    expect(without).toHaveLength(1);
  });

  test('go out before the rest of the file when no more can be held', async () => {
    const texts = Array.from({ length: 5 }, (_, pair) => [`p${pair}:1`, `p${pair}:2`]).flat();
    const { requests, types, totals } = await send(texts, {
      batch: 9,
      heldBounds: { events: 2, bytes: 1e6 },
    });
    expect(requests).toEqual([
      ['p0:1', 'p1:1'],
      ['p0:2', 'p1:2'],
      ['p2:1', 'p3:1'],
      ['p2:2', 'p3:2'],
      ['p4:1'],
      ['p4:2'],
    ]);
    expect(types).toEqual({ 1: 5 });
    expect(totals).toMatchObject({ accepted: 10, duplicates: 5 });
    await server?.close();
    const { requests: byBytes } = await send(texts, { heldBounds: { events: 9, bytes: 1 } });
    expect(byBytes).toHaveLength(10);
  });
});
