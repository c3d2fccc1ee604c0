import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { isAlive } from '@event-platform/testkit/servers/process-table';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { z } from 'zod';
import { localState, makeStateDirs } from '@event-platform/cli/lib/local-state';
import { Platform } from '../local/platform.ts';
import { readPids } from '@event-platform/cli/lib/state-files';
import { allAlerts } from '../../build/monitoring/rule-groups.ts';
import { PrometheusClient } from '@event-platform/cli/lib/prometheus-client';
import { withPrometheus } from '@event-platform/testkit/prometheus/needs-prometheus';

const rulesAnswer = z.object({
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ type: z.string(), name: z.string() })) })),
  }),
});

// What `make up OBSERVE=1` runs, on ports and in a folder of its own.
withPrometheus.describe('make up OBSERVE=1', () => {
  const clone = mkdtempSync(join(tmpdir(), 'event-platform-up-'));
  // PostgreSQL has an account of its own when we are root, and must get in.
  chmodSync(clone, 0o755);
  const state = localState(clone);
  const said: string[] = [];
  const crashes: string[] = [];
  let platform: Platform;
  let url: string;

  beforeAll(async () => {
    makeStateDirs(state);
    const ports = {
      api: await freePort(),
      ops: await freePort(),
      maintainer: await freePort(),
      postgres: await freePort(),
      redis: await freePort(),
      prometheus: await freePort(),
    };
    url = `http://127.0.0.1:${ports.prometheus}`;
    const { signal } = new AbortController();
    const context = { state, ports, say: (line: string) => void said.push(line), signal };
    platform = new Platform(context, (name) => crashes.push(name));
    await platform.start();
  }, 180_000);
  afterAll(async () => {
    await platform.stop();
    rmSync(clone, { recursive: true });
  }, 120_000);

  test('api, worker and maintainer are scraped', async () => {
    const client = new PrometheusClient(url);
    await eventually(async () => {
      const up = await client.query('up', Date.now() / 1_000);
      expect(up.map(({ labels, value }) => [labels['job'], value]).toSorted()).toEqual([
        ['event-platform-api', 1],
        ['event-platform-maintainer', 1],
        ['event-platform-worker', 1],
      ]);
    });
  });

  test('every alert is loaded', async () => {
    const answer = await fetch(`${url}/api/v1/rules`);
    const { groups } = rulesAnswer.parse(await answer.json()).data;
    const alerts = groups.flatMap(({ rules }) => rules).filter(({ type }) => type === 'alerting');
    expect(alerts.map(({ name }) => name).toSorted()).toEqual(
      allAlerts()
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  test('the rules are evaluated on what was scraped', async () => {
    const client = new PrometheusClient(url);
    await eventually(async () => {
      const known = await client.query('slo:error_budget:ratio', Date.now() / 1_000);
      expect(known.length).toBeGreaterThan(5);
    });
  });

  test('it is stopped with the rest, and nothing is left', async () => {
    const pids = Object.values(readPids(state) ?? {}).flatMap((pid) =>
      pid === undefined || pid === process.pid ? [] : [pid],
    );
    expect(pids).toHaveLength(6);
    await platform.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(said.filter((line) => line.startsWith('Stopping'))[0]).toBe('Stopping Prometheus');
    expect(crashes).toEqual([]);
  }, 120_000);
});
