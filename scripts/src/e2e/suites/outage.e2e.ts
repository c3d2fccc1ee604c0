import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Ledger } from '@event-platform/shared/contracts/ledger';
import { eventually } from '@event-platform/shared/testing/eventually';
import { runEp } from '../../lib/run-ep.ts';
import { connectCluster } from '../world/cluster.ts';
import { stopServer, startServer } from '../world/pod-actions.ts';
import { startReaders } from '../world/readers.ts';
import { System } from '../world/system.ts';
import { underLoad, type Outcome } from '../world/under-load.ts';
import { installValues } from '../world/values.ts';
import { watchAlerts, type AlertWatch, type Fired } from '../world/watch-alerts.ts';

// Prometheus runs here and scrapes the pods, so it needs a cluster whose pods can be reached from here.
const suite = process.env['PODS_REACHABLE'] === '1' ? describe : describe.skip;

const beforeMs = 90_000;
const outageMs = 180_000;
// The rules look two minutes back, and an alert ends when they see nothing any more.
const afterMs = 150_000;

suite('PostgreSQL is away for three minutes while tenants send and read', () => {
  let system: System;
  let watch: AlertWatch;
  let outcome: Outcome;
  let fired: Fired[];
  // It begins somewhere between the two: PostgreSQL takes its time to end.
  const outage = { from: 0, surelyFrom: 0, to: 0 };
  const nowS = () => Date.now() / 1_000;

  beforeAll(async () => {
    system = await System.install(
      connectCluster(),
      'ep-e2e-outage',
      installValues({ keda: { minReplicas: 1, maxReplicas: 2 } }),
    );
    watch = await watchAlerts(system.release);
    const stopReaders = startReaders(system, 6);
    outcome = await underLoad(
      system,
      async () => {
        await sleep(beforeMs);
        outage.from = nowS();
        await stopServer(system.release, 'postgres');
        outage.surelyFrom = nowS();
        await sleep(outageMs);
        await startServer(system.release, 'postgres');
        outage.to = nowS();
        await sleep(afterMs);
      },
      { requestsPerSecond: 15, eventsPerRequest: 5 },
    );
    await stopReaders();
    fired = await watch.fired();
  }, 900_000);
  afterAll(async () => {
    await watch.stop();
    await system.remove();
  });

  const first = (name: string) => fired.find((alert) => alert.name === name);

  test('no event is lost, and tenants are told 202 all the while', () => {
    expect(outcome.found).toEqual(outcome.wanted);
    expect(outcome.report.failures).toEqual([]);
  });

  test('the cause is told within two minutes, and the budget within three', () => {
    expect((first('PostgreSQLDown')?.from ?? Infinity) - outage.surelyFrom).toBeLessThan(120);
    expect((first('ErrorBudgetBurnFast')?.from ?? Infinity) - outage.surelyFrom).toBeLessThan(180);
  });

  test('nothing fires before, the cause is over soon after, and no other alert tells of it', () => {
    expect(fired.filter(({ from }) => from < outage.from)).toEqual([]);
    expect((first('PostgreSQLDown')?.to ?? Infinity) - outage.to).toBeLessThan(90);
    const names = new Set(fired.map(({ name }) => name));
    // What waits or fails for three minutes may cross the lines of these as well.
    for (const name of mayTell) names.delete(name);
    expect([...names].sort()).toEqual(['ErrorBudgetBurnFast', 'PostgreSQLDown']);
  });

  test('the ledger balances after it', async () => {
    await eventually(
      async () => {
        const response = await fetch(`${system.url}/admin/ledger`, {
          headers: { authorization: `Bearer ${system.key}` },
        });
        const { totals } = (await response.json()) as Ledger;
        return totals.pending === 0 && totals.missing === 0 && totals.excess === 0;
      },
      { timeoutMs: 120_000, intervalMs: 2_000, describe: 'a ledger in balance' },
    );
  });

  test('the report tells of it: when, what it cost, and which alert told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'event-platform-report-'));
    const args = ['slo-report', '--period', '10m', '--prometheus', watch.url, '--out', folder];
    const { code, stderr } = await runEp(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const file = readdirSync(folder).find((name) => name.endsWith('.md')) ?? '';
    const report = readFileSync(join(folder, file), 'utf8');
    rmSync(folder, { recursive: true });
    expect(report).toContain('PostgreSQLDown');
    expect(report).toContain('ErrorBudgetBurnFast');
    expect(report).toMatch(/GET \/accounts\/:id\/summary \| Availability .* Missed/);
  });
});

const mayTell = [
  'ErrorBudgetBurnSteady',
  'ErrorBudgetBurnSlow',
  'QueueAge',
  'ErrorSpike',
  'SLOBreached',
];
