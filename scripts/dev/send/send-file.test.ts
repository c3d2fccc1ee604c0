import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  accepted,
  startContractServer,
  type ContractServer,
  type PostedEvent,
  type Reply,
} from './contract-server.ts';
import { sendFile, type SendOptions, type SendResult } from './send-file.ts';

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

function lines(count: number, fields: object = {}): string {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({ event_id: `e${index}`, account_id: 'a', user_id: 'u', type: 't', ...fields }),
  ).join('\n');
}

/** Sends a text to a server that answers so. */
async function send(
  text: string,
  answer: (events: PostedEvent[], request: number) => Reply,
  changed: Partial<Omit<SendOptions, 'client'>> & { client?: Partial<SendOptions['client']> } = {},
): Promise<SendResult & { server: ContractServer }> {
  server = await startContractServer(answer);
  const file = join(dir, 'events.ndjson');
  writeFileSync(file, text);
  const result = await sendFile({
    file,
    batch: 2,
    concurrency: 1,
    limit: Infinity,
    totalLines: undefined,
    maxRetryMs: 20_000,
    maxStoreMs: 20_000,
    account: undefined,
    stop: new AbortController(),
    ...changed,
    client: {
      url: server.url,
      apiKey: undefined,
      format: 'ndjson',
      isGzip: false,
      ...changed.client,
    },
  });
  return { ...result, server };
}

const idsOf = ({ requests }: ContractServer) =>
  requests.map(({ events }) => events.map(({ event_id }) => event_id));

describe('sendFile', () => {
  test('every line is sent once and counted when nothing goes wrong', async () => {
    const {
      totals,
      rejections,
      tally,
      server: to,
    } = await send(lines(5), (events) => accepted(events));
    expect(idsOf(to)).toEqual([['e0', 'e1'], ['e2', 'e3'], ['e4']]);
    expect(totals).toMatchObject({ accepted: 5, retries: 0, duplicates: 0 });
    expect(rejections.count).toBe(0);
    expect(tally.counts().get('a')?.total).toBe(5);
  });

  test.each([
    ['json', true],
    ['json', false],
    ['ndjson', true],
  ] as const)('%s arrives the same with gzip %s', async (format, isGzip) => {
    const { server: to } = await send(lines(3), (events) => accepted(events), {
      client: { format, isGzip, apiKey: 'ep_key' },
    });
    expect(idsOf(to)).toEqual([['e0', 'e1'], ['e2']]);
    expect(to.requests[0]?.headers.authorization).toBe('Bearer ep_key');
  });

  test('a batch that gets 429 is sent again not before Retry-After', async () => {
    const { totals, server: to } = await send(lines(2), (events, request) =>
      request === 0
        ? { status: 429, headers: { 'retry-after': '1' }, body: { code: 'account_limit' } }
        : accepted(events),
    );
    expect(idsOf(to)).toEqual([
      ['e0', 'e1'],
      ['e0', 'e1'],
    ]);
    const [first, second] = to.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(999);
    expect(totals).toMatchObject({ accepted: 2, retries: 1 });
  });

  test('a lost connection and a 500 are tried again until the batch is accepted', async () => {
    const { totals } = await send(lines(2), (events, request) => {
      if (request === 0) return { status: 0, isCut: true };
      return request === 1 ? { status: 500 } : accepted(events);
    });
    expect(totals).toMatchObject({ accepted: 2, retries: 2 });
  });

  test('of a partly accepted batch only what may pass later is sent again', async () => {
    const codes = { e1: 'account_limit', e2: 'type_too_long' };
    const {
      totals,
      rejections,
      server: to,
    } = await send(lines(4), (events, request) => accepted(events, request === 0 ? codes : {}), {
      batch: 4,
    });
    expect(idsOf(to)).toEqual([['e0', 'e1', 'e2', 'e3'], ['e1']]);
    expect(totals).toMatchObject({ accepted: 3, retries: 1 });
    expect(rejections.table()).toMatch(/type_too_long +1 {2}3 +type has at most 50 characters/);
  });

  test('a 429 that lists results ends what is refused for good', async () => {
    const { totals, rejections } = await send(lines(2), (events, request) =>
      request === 0
        ? { ...accepted(events, { e0: 'memory_high', e1: 'user_id_empty' }), status: 429 }
        : accepted(events),
    );
    expect(totals).toMatchObject({ accepted: 1, retries: 1 });
    expect(rejections.count).toBe(1);
  });

  test('another 4xx ends its batch with the code and the first lines, and the rest goes on', async () => {
    const { totals, rejections } = await send(lines(4), (events, request) =>
      request === 0 ? { status: 413, body: { code: 'body_too_large' } } : accepted(events),
    );
    expect(totals.accepted).toBe(2);
    expect(rejections.table()).toMatch(/body_too_large +2 {2}1, 2 /);
  });

  test('a batch is given up when its time is over, under the last reason', async () => {
    const { totals, rejections } = await send(
      lines(2),
      () => ({ status: 503, headers: { 'retry-after': '5' }, body: { code: 'backlog_full' } }),
      { maxRetryMs: 1_000 },
    );
    expect(totals.accepted).toBe(0);
    expect(rejections.table()).toMatch(/backlog_full +2 /);
  });

  test('a wrong key ends the run at once with the way out', async () => {
    const run = send(lines(100), () => ({ status: 401, body: { code: 'key_invalid' } }));
    await expect(run).rejects.toThrow(/ep keys create/);
    expect(server?.requests).toHaveLength(1);
  });

  test('what is not the platform is recognized', async () => {
    const run = send(lines(1), () => ({ status: 200, body: { hello: 'world' } }));
    await expect(run).rejects.toThrow(/not the event platform .*check --url/);
  });

  test('a server that is not there is reported at once', async () => {
    const run = send(lines(1), (events) => accepted(events), {
      client: { url: 'http://127.0.0.1:1' },
    });
    await expect(run).rejects.toThrow(/not reachable .*make up/);
  });

  test('lines that are no events are reported by number and not sent', async () => {
    const {
      totals,
      rejections,
      server: to,
    } = await send(`${lines(1)}\nnot json\n[1]\n`, (events) => accepted(events));
    expect(idsOf(to)).toEqual([['e0']]);
    expect(totals.accepted).toBe(1);
    expect(rejections.table()).toMatch(/json_invalid +1 {2}2 /);
    expect(rejections.table()).toMatch(/event_not_object +1 {2}3 /);
  });

  test('an event without an id keeps the one it was given through every retry', async () => {
    const { server: to, totals } = await send(
      lines(1, { event_id: undefined }),
      (events, request) =>
        request < 2 ? { status: 503, headers: { 'retry-after': '0' } } : accepted(events),
    );
    const ids = new Set(idsOf(to).flat());
    expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f-]{14}7[0-9a-f-]{21}$/)]);
    expect(totals).toMatchObject({ accepted: 1, retries: 2 });
  });

  test('many senders at once lose nothing and repeat nothing', async () => {
    const failed = new Set<string>();
    const {
      totals,
      tally,
      server: to,
    } = await send(
      lines(500),
      (events) => {
        const first = events[0]?.event_id ?? '';
        if (Number(first.slice(1)) % 3 !== 0 || failed.has(first)) return accepted(events);
        failed.add(first);
        return { status: 503, headers: { 'retry-after': '0' } };
      },
      { batch: 7, concurrency: 8 },
    );
    expect(totals).toMatchObject({ accepted: 500, retries: failed.size });
    expect(tally.counts().get('a')?.total).toBe(500);
    expect(to.requests).toHaveLength(Math.ceil(500 / 7) + failed.size);
  });

  test('a limit ends after so many lines', async () => {
    const { totals } = await send(lines(50), (events) => accepted(events), { limit: 7 });
    expect(totals.accepted).toBe(7);
  });
});
