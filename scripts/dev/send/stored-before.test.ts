import { afterEach, describe, expect, test } from '@jest/globals';
import { startContractServer, type ContractServer, type Reply } from './contract-server.ts';
import { FileTally } from './file-tally.ts';
import { fetchStoredBefore } from './stored-before.ts';

const atMs = Date.UTC(2013, 0, 1);
const scan = { accounts: new Set(['a']), span: { fromMs: atMs, toMs: atMs + 1 } };

let server: ContractServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Asks a server whose summaries are answered so; each summary is asked for by its `from`. */
async function ask(
  read: (from: string) => Reply,
  asked: Parameters<typeof fetchStoredBefore>[1] = scan,
) {
  server = await startContractServer(
    () => ({ status: 500 }),
    (_, query) => read(query.get('from') ?? ''),
  );
  const signal = new AbortController().signal;
  return fetchStoredBefore({ url: server.url, apiKey: undefined, signal }, asked);
}

function summary(total: number, from: string, cache: 'hit' | 'miss' | 'stale' = 'miss'): Reply {
  const as_of = new Date(0).toISOString();
  const body = {
    account_id: 'a',
    from,
    to: as_of,
    total,
    by_type: [],
    other_types: { types: 0, count: 0 },
    top_users: [],
    as_of,
    cache,
  };
  return { status: 200, body };
}

/** So many events with a timestamp in the span, and so many without. */
function tallyOf(timed: number, untimed = 0): FileTally {
  const tally = new FileTally();
  for (let index = 0; index < timed + untimed; index++) {
    const timestampMs = index < timed ? atMs : undefined;
    const names = { eventId: `e${index}`, accountId: 'a', userId: 'u', type: 't' };
    tally.add({ line: index, json: '{}', ...names, timestampMs });
  }
  return tally;
}

describe('askStoredBefore', () => {
  test('no window is asked for twice and no cached answer is believed', async () => {
    const cached = new Set([new Date(atMs - 1).toISOString()]);
    let held = 3;
    const before = await ask((from) => {
      if (cached.has(from)) return summary(0, from, 'hit');
      cached.add(from);
      return summary(held, from);
    });
    expect(before?.totals).toEqual(new Map([['a', 3]]));
    held = 8;
    expect(await before?.count(tallyOf(5), 0)).toBe(0);
  });

  test('events without a timestamp are left out, and make it unknown where they may lie in the span', async () => {
    let held = 0;
    const before = await ask((from) => summary(held, from));
    held = 5;
    expect(await before?.count(tallyOf(5, 2), 0)).toBe(0);
    const nowMs = Date.now();
    await server?.close();
    const live = await ask((from) => summary(0, from), {
      ...scan,
      span: { fromMs: nowMs - 1_000, toMs: nowMs },
    });
    expect(await live?.count(tallyOf(0, 2), 0)).toBeUndefined();
  });

  test('it is unknown without timestamps, beyond five years, and where the server does not say', async () => {
    const never = () => {
      throw new Error('must not be asked');
    };
    expect(await ask(never, { ...scan, span: undefined })).toBeUndefined();
    await server?.close();
    const long = { fromMs: atMs, toMs: Date.UTC(2018, 0, 2) };
    expect(await ask(never, { ...scan, span: long })).toBeUndefined();
    for (const reply of [{ status: 403 }, { status: 503 }, summary(1, '', 'stale')]) {
      await server?.close();
      expect(await ask(() => reply)).toBeUndefined();
    }
  });
});
