import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { runEp } from '@event-platform/testkit/client/run-ep';
import { LedgerHarness } from './testing/ledger-harness.ts';

// Really killed, the ledger must balance.

let harness: LedgerHarness;

beforeAll(async () => {
  harness = await LedgerHarness.start();
});
afterAll(() => harness.close());

describe('the ledger balances', () => {
  test('after api, worker, Redis and PostgreSQL were each killed, and Redis hung, in the middle of a load', async () => {
    const worker = harness.startWorker();
    let accepted = 0;
    let isOver = false;
    const load = async () => {
      while (!isOver) {
        if (await harness.post('kills', 20)) accepted += 20;
        await sleep(20);
      }
    };
    const loads = Promise.all([1, 2, 3, 4].map(load));
    const stored = async () =>
      Number(
        (await harness.pool.query<{ n: string }>('SELECT count(*) AS n FROM events')).rows[0]?.n,
      );
    const moreStored = async (more: number) => {
      const mark = (await stored()) + more;
      const isThere = async () => (await stored().catch(() => 0)) > mark;
      await eventually(isThere, { timeoutMs: 30_000 });
    };
    await moreStored(200);
    await harness.processes.end(worker, 'SIGKILL');
    harness.startWorker();
    await moreStored(200);
    await harness.redis.kill('SIGKILL');
    await harness.redis.start();
    await moreStored(200);
    // Jobs whose answer does not come in time are written directly too, and may be in the queue.
    await harness.redis.kill('SIGSTOP');
    await moreStored(100);
    await harness.redis.kill('SIGCONT');
    await moreStored(200);
    // Counts whose COMMIT was not acknowledged are written again.
    await harness.postgres.kill('SIGKILL');
    await harness.postgres.start();
    await moreStored(200);
    await harness.endApi('SIGKILL');
    await harness.startApi();
    await moreStored(100);
    isOver = true;
    await loads;
    const totals = await harness.settled('kills');
    expect(totals).toMatchObject({ missing: 0, excess: 0, dead: 0 });
    expect(totals.stored).toBe(await stored());
    expect(totals.accepted).toBe(totals.stored + totals.duplicates);
    // Every 202 is in it; what was accepted although the answer was lost is too.
    expect(totals.stored).toBeGreaterThanOrEqual(accepted);
    await harness.letHoursPass(1);
    expect((await harness.read('kills')).totals).toEqual(totals);
  }, 120_000);

  test('with direct writes while Redis is down, and with poison events', async () => {
    await harness.pool.query(`ALTER TABLE events ADD CHECK (type <> 'forbidden')`);
    expect(await harness.post('mixed', 5)).toBe(true);
    expect(await harness.post('mixed', 2, 'forbidden')).toBe(true);
    await harness.settled('mixed');
    await harness.redis.stop();
    await eventually(() => harness.post('mixed', 3));
    const unavailable = await harness.read('mixed');
    expect(unavailable.closed_before).toBeNull();
    expect(unavailable.totals).toMatchObject({ missing: 0, excess: 0 });
    await harness.redis.start();
    await eventually(async () => (await harness.read('mixed')).closed_before !== null);
    const totals = await harness.settled('mixed');
    expect(totals).toMatchObject({ dead: 2, pending: 0, missing: 0, excess: 0 });
    expect(totals.accepted).toBe(totals.stored + totals.duplicates + 2);
    await harness.letHoursPass(1);
    expect((await harness.read('mixed')).state).toBe('balanced');
    const { code, stdout } = await runEp([
      'ledger',
      '--url',
      harness.url,
      '--from',
      '2026-01-01T00:00:00Z',
      '--to',
      '2026-01-02T00:00:00Z',
    ]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing') });
  }, 90_000);
});
