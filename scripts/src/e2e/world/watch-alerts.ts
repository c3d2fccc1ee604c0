import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@event-platform/shared/local/free-port';
import { PrometheusClient } from '../../observe/prometheus-client.ts';
import { startPrometheus } from '../../observe/start-prometheus.ts';
import { plainRulesPath } from '../../slo/rule-files.ts';
import type { Release } from './release.ts';

/** An alert that fired while it was watched. */
export interface Fired {
  name: string;
  /** The objective it is about, if it is about one. */
  slo: string | undefined;
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

/** As the chart has it. */
const opsPort = 9090;
const scrapeIntervalSeconds = 5;
const evaluationIntervalSeconds = 15;

/**
 * Writes where the pods of api and worker are, each two seconds: Debian's Prometheus is built without
 * the discovery of Kubernetes.
 */
async function followPods(release: Release, file: string): Promise<() => Promise<void>> {
  let stopped = false;
  const write = async () => {
    const pods = [...(await release.pods('api')), ...(await release.pods('worker'))];
    const targets = pods.flatMap(({ metadata, status }) =>
      status?.podIP === undefined
        ? []
        : [{ targets: [`${status.podIP}:${opsPort}`], labels: { pod: metadata?.name } }],
    );
    writeFileSync(`${file}.new`, JSON.stringify(targets));
    renameSync(`${file}.new`, file);
  };
  await write();
  const follow = async () => {
    while (!stopped) {
      await sleep(2_000);
      // A look that failed leaves the targets of the last one.
      await write().catch(() => undefined);
    }
  };
  const following = follow();
  return () => {
    stopped = true;
    return following;
  };
}

/** Starts a Prometheus with the chart's rules that scrapes the pods of a release. */
export async function watchAlerts(release: Release): Promise<AlertWatch> {
  const started = new AsyncDisposableStack();
  try {
    return await startWatch(release, started);
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

/** @param started takes what has to be stopped, as soon as it runs */
async function startWatch(release: Release, started: AsyncDisposableStack): Promise<AlertWatch> {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-alerts-'));
  started.defer(() => rmSync(dir, { recursive: true }));
  const port = await freePort();
  const targetsFile = join(dir, 'targets.json');
  started.defer(await followPods(release, targetsFile));
  const began = Math.floor(Date.now() / 1_000);
  const server = await startPrometheus({
    dir,
    port,
    logFile: join(dir, 'prometheus.log'),
    rules: [plainRulesPath],
    scrapeIntervalSeconds,
    evaluationIntervalSeconds,
    jobs: {},
    targetsFile,
  });
  started.defer(async () => {
    await server.stop(15_000);
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
        slo: labels['slo'],
        from: points[0]?.at ?? 0,
        to: points.at(-1)?.at ?? 0,
      }));
      return fired.sort((a, b) => a.from - b.from);
    },
    stop: () => started.disposeAsync(),
  };
}
