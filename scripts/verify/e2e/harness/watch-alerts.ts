import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { PrometheusClient } from '@event-platform/cli/lib/prometheus-client';
import { startPrometheus } from '@event-platform/testkit/prometheus/start-prometheus';
import { plainRulesPath, runbooksFolder } from '../../../build/monitoring/rule-files.ts';
import { ruleGroups } from '../../../build/monitoring/rule-groups.ts';
import { rulesYaml } from '../../../build/monitoring/rules-yaml.ts';
import { chartScope, chartTokens } from '@event-platform/cli/slo/scope';
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

/** KEDA's operator, as its own manifests have it. */
const keda = { namespace: 'keda', selector: 'app=keda-operator', metricsPort: 8080 };

/**
 * Writes where the pods of api, worker, maintainer and KEDA's operator are, each two seconds: Debian's Prometheus is
 * built without the discovery of Kubernetes.
 */
async function followPods(release: Release, file: string): Promise<() => Promise<void>> {
  let stopped = false;
  const operators = async () => {
    const { core } = release.cluster;
    const { items } = await core.listNamespacedPod({
      namespace: keda.namespace,
      labelSelector: keda.selector,
    });
    return items;
  };
  const write = async () => {
    const components = ['api', 'worker', 'maintainer'] as const;
    const pods = (await Promise.all(components.map((name) => release.pods(name)))).flat();
    const targets = [
      ...targetsOf(pods, release.namespace, opsPort),
      ...targetsOf(await operators(), keda.namespace, keda.metricsPort),
    ];
    writeFileSync(`${file}.new`, JSON.stringify(targets));
    renameSync(`${file}.new`, file);
  };
  await write();
  const follow = async () => {
    while (!stopped) {
      await sleep(2_000);
      // A poll that failed leaves the targets of the last one.
      await write().catch(() => undefined);
    }
  };
  const following = follow();
  return () => {
    stopped = true;
    return following;
  };
}

function targetsOf(pods: readonly V1Pod[], namespace: string, port: number) {
  return pods.flatMap(({ metadata, status }) =>
    status?.podIP === undefined
      ? []
      : [{ targets: [`${status.podIP}:${port}`], labels: { pod: metadata?.name, namespace } }],
  );
}

/** The rules as the chart renders them for a release. */
function rulesOf({ namespace, fullName }: Release): string {
  const values: Record<string, string> = {
    [chartTokens.namespace]: namespace,
    [chartTokens.scaledObject]: `${fullName}-worker`,
    [chartTokens.runbooks]: runbooksFolder,
  };
  const text = rulesYaml(ruleGroups(chartScope), {
    runbooks: chartTokens.runbooks,
    labels: chartScope.labels,
  });
  return Object.entries(values).reduce((all, [token, value]) => all.replaceAll(token, value), text);
}

/**
 * Starts a Prometheus that scrapes the pods of a release and KEDA's operator.
 *
 * @param scope `plain`: the rules of one installation; `release`: the chart's, for its namespace alone
 */
export async function watchAlerts(
  release: Release,
  scope: 'plain' | 'release' = 'plain',
): Promise<AlertWatch> {
  const started = new AsyncDisposableStack();
  try {
    return await startWatch(release, scope, started);
  } catch (error) {
    await started.disposeAsync();
    throw error;
  }
}

/** @param started takes what has to be stopped, as soon as it runs */
async function startWatch(
  release: Release,
  scope: 'plain' | 'release',
  started: AsyncDisposableStack,
): Promise<AlertWatch> {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-alerts-'));
  started.defer(() => rmSync(dir, { recursive: true }));
  const port = await freePort();
  const targetsFile = join(dir, 'targets.json');
  started.defer(await followPods(release, targetsFile));
  const ownRules = join(dir, 'rules.yaml');
  if (scope === 'release') writeFileSync(ownRules, rulesOf(release));
  const began = Math.floor(Date.now() / 1_000);
  const server = await startPrometheus({
    dir,
    port,
    logFile: join(dir, 'prometheus.log'),
    rules: [scope === 'release' ? ownRules : plainRulesPath],
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
