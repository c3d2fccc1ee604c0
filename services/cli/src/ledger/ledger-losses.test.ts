import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { runEp } from '@event-platform/testkit/client/run-ep';
import { LedgerHarness } from './testing/ledger-harness.ts';

// What is lost must be reported, and nothing else. No worker runs unless a test starts one.

let harness: LedgerHarness;

beforeAll(async () => {
  harness = await LedgerHarness.start();
});
afterAll(() => harness.close());

describe('the ledger says', () => {
  test('how many events were lost with Redis, and of whom; ep ledger exits with 1', async () => {
    await eventually(() => harness.post('lost', 7));
    await harness.counted('lost', 7);
    const client = new Redis(harness.redis.url);
    await client.flushall();
    await client.quit();
    expect((await harness.read('lost')).totals).toMatchObject({
      accepted: 7,
      pending: 7,
      missing: 0,
    });
    await harness.letHoursPass(1);
    expect((await harness.read('lost')).totals).toMatchObject({
      accepted: 7,
      pending: 0,
      missing: 7,
    });
    const from = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const { code, stdout } = await runEp(['ledger', '--url', harness.url, '--from', from]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^lost +missing +7 +0 +0 +0 +0 +7 +0$/m);
    expect(stdout).toMatch(/7 missing, 0 in excess/);
    const metrics = await harness.metrics();
    expect(metrics).toMatch(/^ledger_imbalance_events\{kind="missing",service="api"\} 7$/m);
    expect(metrics).toMatch(/^ledger_imbalance_events\{kind="excess",service="api"\} 0$/m);
  }, 60_000);

  test('what was lost after a job that is stuck for hours', async () => {
    await eventually(() => harness.post('stuck', 3));
    await harness.letHoursPass(2);
    const client = new Redis(harness.redis.url);
    const [id] = await client.lrange('{ep}:events:wait', 0, -1);
    await eventually(() => harness.post('after', 7));
    await harness.counted('after', 7);
    const lost = (await client.lrange('{ep}:events:wait', 0, -1)).find((one) => one !== id);
    if (lost !== undefined) await client.lrem('{ep}:events:wait', 0, lost);
    if (lost !== undefined) await client.del(`{ep}:events:${lost}`);
    // After ten minutes the minute of the lost events is evaluated. Redis would report it anew.
    await client.del(await client.keys('{ep}:accepted:*'));
    await client.quit();
    await harness.pool.query(
      `UPDATE ledger_sources SET minute = minute - interval '10 minutes' WHERE account_id = 'after'`,
    );
    expect((await harness.read('stuck')).totals).toMatchObject({ pending: 3, missing: 0 });
    expect((await harness.read('after')).totals).toMatchObject({ pending: 0, missing: 7 });
    const worker = harness.startWorker();
    expect(await harness.settled('stuck')).toMatchObject({ stored: 3, missing: 0, excess: 0 });
    await harness.processes.end(worker, 'SIGTERM');
  }, 60_000);

  test('nothing as long as the queue may hold it, however long that is', async () => {
    await eventually(() => harness.post('waits', 4));
    await harness.counted('waits', 4);
    await harness.letHoursPass(1);
    expect((await harness.read('waits')).totals).toMatchObject({ pending: 4, missing: 0 });
    const metrics = await harness.metrics();
    const age = /^ledger_oldest_pending_seconds\{service="api"\} (\S+)$/m.exec(metrics)?.[1];
    expect(Number(age)).toBeGreaterThan(3_500);
    await harness.letHoursPass(-1);
    harness.startWorker();
    expect(await harness.settled('waits')).toMatchObject({ stored: 4, missing: 0 });
  }, 60_000);
});
