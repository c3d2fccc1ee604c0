import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { LedgerHarness } from './testing/ledger-harness.ts';
import { Relay } from './testing/relay.ts';
import { ScriptSpy } from './testing/script-spy.ts';

// What Redis forgets without closing a connection: scripts. An api and a worker that are real, a relay
// between them and Redis, and after each loss the ledger.

let relay: Relay;
let harness: LedgerHarness;
let admin: Redis;
let spy: ScriptSpy;
let scripts: Record<'ours' | 'BullMQ', string[]>;
let accounts = 0;
let account: string;

beforeAll(async () => {
  harness = await LedgerHarness.start(async (redisPort) => {
    relay = await Relay.start(redisPort);
    return relay.port;
  });
  admin = new Redis(harness.redis.url);
  spy = await ScriptSpy.start(harness.redis.url);
  harness.startWorker();
  await eventually(() => harness.post('first', 3));
  await harness.settled('first');
  scripts = { ours: await spy.scripts('ours'), BullMQ: await spy.scripts('BullMQ') };
}, 60_000);
beforeEach(() => {
  account = `lost-${accounts++}`;
});
afterAll(async () => {
  spy.stop();
  await admin.quit();
  await harness.close();
  await relay.stop();
});

/** Posts so many requests one after another, and gives what became of each. */
async function send(requests: number, own = account): Promise<string[]> {
  const outcomes: string[] = [];
  for (let sent = 0; sent < requests; sent += 1) outcomes.push(await harness.send(own, 2));
  return outcomes;
}

/** How many events went straight into PostgreSQL, or would have. */
async function directWrites(): Promise<number> {
  const lines = (await harness.metrics()).matchAll(/^direct_writes_total\{.*\} (\d+)$/gm);
  return [...lines].reduce((sum, [, events]) => sum + Number(events), 0);
}

let directBefore: number;
beforeEach(async () => {
  directBefore = await directWrites();
});
afterEach(async () => {
  expect(await directWrites()).toBe(directBefore);
  const totals = await harness.settled(account);
  expect(totals).toMatchObject({ missing: 0, excess: 0, stored: totals.accepted, duplicates: 0 });
  expect(await harness.storedOf(account)).toBe(totals.accepted);
}, 60_000);

describe('the queue takes events in the very request that finds', () => {
  test('every script gone', async () => {
    for (let round = 0; round < 3; round += 1) {
      await admin.script('FLUSH');
      expect(await send(2)).toEqual(['accepted', 'accepted']);
    }
  });

  test('every script gone, again and again, under the load of several senders', async () => {
    const ended = new AbortController();
    const flushing = (async () => {
      while (!ended.signal.aborted) {
        await admin.script('FLUSH');
        await sleep(3);
      }
    })();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => send(60)));
    ended.abort();
    await flushing;
    expect(new Set(outcomes.flat())).toEqual(new Set(['accepted']));
  }, 60_000);

  test.each(['ours', 'BullMQ'] as const)('only the scripts of %s there', async (kept) => {
    expect(scripts[kept]).not.toEqual([]);
    await admin.script('FLUSH');
    for (const text of scripts[kept]) await admin.script('LOAD', text);
    expect(await send(3)).toEqual(['accepted', 'accepted', 'accepted']);
  });

  test('that the scripts of another program have displaced ours', async () => {
    for (let other = 0; other < 600; other += 1)
      await admin.eval(`return ${other} -- ${account}`, 0);
    expect(await send(3)).toEqual(['accepted', 'accepted', 'accepted']);
  });
});

describe('behind a proxy that fails over while it keeps the connections', () => {
  let second: OwnServer;
  afterAll(() => second.remove());

  test('the queue takes the first event that comes after', async () => {
    second = await startOwnRedis();
    const promoted = new Redis(second.url);
    await send(1);
    await harness.settled(account);
    await promoted.replicaof('127.0.0.1', harness.redis.port);
    await eventually(async () => (await promoted.info('replication')).includes('link_status:up'));
    await eventually(async () => (await promoted.dbsize()) === (await admin.dbsize()));
    const { connections } = relay;
    await promoted.replicaof('NO', 'ONE');
    relay.changeBackend(second.port);
    expect(await send(3)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(relay.connections).toBe(connections);
    await promoted.quit();
  }, 60_000);
});
