import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@event-platform/testkit/servers/free-port';
import {
  spawnSupervised,
  type SupervisedProcess,
} from '@event-platform/testkit/servers/supervised-process';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { PrometheusClient } from '@event-platform/cli/lib/prometheus-client';
import { withPrometheus } from '@event-platform/testkit/prometheus/needs-prometheus';
import { startPrometheus } from '@event-platform/testkit/prometheus/start-prometheus';
import { ruleGroups } from '../rule-groups.ts';
import { rulesYaml } from '../rules-yaml.ts';
import { plainScope } from '@event-platform/cli/slo/scope';
import { dashboards } from './dashboard-files.ts';

const dir = mkdtempSync(join(tmpdir(), 'event-platform-queries-'));
const started: SupervisedProcess[] = [];
let database: TestDatabase;
let redis: OwnServer;
let cluster: Server;
let apiUrl: string;
let prometheus: PrometheusClient;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startOwnRedis()]);
  const [api, worker, port] = [await freePort(), await freePort(), await freePort()];
  const maintainer = await freePort();
  apiUrl = `http://127.0.0.1:${api}`;
  await startService('api', { PORT: String(api) });
  await startService('worker', { OPS_PORT: String(worker) });
  await startService('maintainer', { OPS_PORT: String(maintainer) });
  cluster = await serveClusterMetrics();
  const rules = join(dir, 'rules.yaml');
  writeFileSync(
    rules,
    rulesYaml(ruleGroups(plainScope), { runbooks: '', labels: {}, intervalSeconds: 1 }),
  );
  const { port: clusterPort } = cluster.address() as AddressInfo;
  started.push(
    await startPrometheus({
      dir: join(dir, 'prometheus'),
      port,
      logFile: join(dir, 'prometheus.log'),
      rules: [rules],
      scrapeIntervalSeconds: 1,
      evaluationIntervalSeconds: 1,
      jobs: {
        api: [`127.0.0.1:${api}`],
        worker: [`127.0.0.1:${worker}`],
        maintainer: [`127.0.0.1:${maintainer}`],
        cluster: [`127.0.0.1:${clusterPort}`],
      },
    }),
  );
  prometheus = new PrometheusClient(`http://127.0.0.1:${port}`);
  await eventually(async () => (await fetch(`${apiUrl}/healthz/ready`)).ok);
  await everyKindOfTraffic();
});
afterAll(async () => {
  for (const child of started) await child.stop(20_000);
  cluster.close();
  await Promise.all([database.drop(), redis.remove()]);
  rmSync(dir, { recursive: true });
});

withPrometheus.describe.each(dashboards)('every query returns data: $title', ({ rows }) => {
  const panels = rows.flatMap(({ panels: inRow }) => inRow);
  test.each(panels)('$title', async ({ queries }) => {
    await eventually(async () => {
      // Rates need traffic between two scrapes, whenever this panel's turn comes.
      await someTraffic();
      for (const { expr, legend } of queries) {
        const samples = await prometheus.query(asGrafanaSends(expr), Date.now() / 1_000);
        const numbers = samples.filter(({ value }) => !Number.isNaN(value));
        expect({ expr, samples: numbers.length }).not.toEqual({ expr, samples: 0 });
        for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
          // A fallback such as `or vector(0)` alone has no labels.
          const isNamed = numbers.some(({ labels }) => label in labels);
          expect({ expr, label, isNamed: isNamed || expr.endsWith('vector(0)') }).toEqual({
            expr,
            label,
            isNamed: true,
          });
        }
      }
    });
  });
});

function asGrafanaSends(expr: string): string {
  return expr.replaceAll('$namespace', '.*').replaceAll('$__rate_interval', '20s');
}

async function startService(name: 'api' | 'worker' | 'maintainer', ports: Record<string, string>) {
  const service = await spawnSupervised({
    command: process.execPath,
    args: [`services/${name}/src/main.ts`],
    cwd: repositoryRoot,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      AUTH: 'off',
      HOST: '127.0.0.1',
      SUMMARY_TTL_MS: '2000',
      ...ports,
    },
    logFile: join(dir, `${name}.log`),
    stopSignal: 'SIGTERM',
  });
  started.push(service);
}

function serveClusterMetrics(): Promise<Server> {
  const text = readFileSync(new URL('cluster-metrics.prom', import.meta.url), 'utf8');
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(text);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

/** Good and bad events, and events while Redis is down. */
async function everyKindOfTraffic(): Promise<void> {
  await someTraffic();
  await redis.stop();
  await eventually(async () => {
    await post([event('direct')]);
    return (await (await fetch(`${apiUrl}/metrics`)).text()).includes('direct_writes_total{');
  });
  await redis.start();
}

async function someTraffic(): Promise<void> {
  const id = String(Math.random());
  await post([event(id), event(`${id}-2`)]);
  await post([event(id)]);
  await post([{ ...event(id), type: '' }]);
  for (let time = 0; time < 2; time++) await (await fetch(`${apiUrl}/accounts/a/summary`)).text();
}

const event = (id: string) => ({ event_id: id, account_id: 'a', user_id: 'u', type: 'page_view' });

async function post(events: object[]): Promise<void> {
  const response = await fetch(`${apiUrl}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  await response.text();
}
