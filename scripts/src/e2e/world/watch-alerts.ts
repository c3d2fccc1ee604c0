import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@event-platform/shared/local/free-port';
import { PrometheusClient } from '../../observe/prometheus-client.ts';
import { startPrometheus } from '../../observe/start-prometheus.ts';
import { plainRulesPath } from '../../slo/rule-files.ts';
import type { Release } from './release.ts';

/** An alert that fired while it was watched. */
export interface Fired {
  name: string;
  /** Epoch seconds of the first and the last time that it was seen firing. */
  from: number;
  to: number;
}

export interface AlertWatch {
  url: string;
  client: PrometheusClient;
  /** What fired since the watch began, in order of time. */
  fired: () => Promise<Fired[]>;
  stop: () => Promise<void>;
}

const scrapeIntervalSeconds = 5;
const evaluationIntervalSeconds = 15;

/** Starts a Prometheus with the chart's rules that scrapes the pods of a release. */
export async function watchAlerts(release: Release): Promise<AlertWatch> {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-alerts-'));
  const port = await freePort();
  const began = Math.floor(Date.now() / 1_000);
  const server = await startPrometheus({
    dir,
    port,
    logFile: join(dir, 'prometheus.log'),
    rules: [plainRulesPath],
    scrapeIntervalSeconds,
    evaluationIntervalSeconds,
    jobs: {},
    release: {
      kubeconfig: process.env['KUBECONFIG'] ?? '',
      namespace: release.namespace,
      name: release.name,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const client = new PrometheusClient(url);
  return {
    url,
    client,
    async fired() {
      const range = { from: began, to: Math.floor(Date.now() / 1_000), step: 5 };
      const lines = await client.queryRange('ALERTS{alertstate="firing"}', range);
      const fired = lines.map(({ labels, points }) => ({
        name: labels['alertname'] ?? '',
        from: points[0]?.at ?? 0,
        to: points.at(-1)?.at ?? 0,
      }));
      return fired.sort((a, b) => a.from - b.from);
    },
    async stop() {
      await server.stop(15_000);
      rmSync(dir, { recursive: true });
    },
  };
}
