import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logTail } from '../servers/log-tail.ts';
import { spawnSupervised, type SupervisedProcess } from '../servers/supervised-process.ts';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { findPrometheusTool } from '@event-platform/cli/lib/find-prometheus';
import { prometheusConfig, type PrometheusSettings } from './prometheus-config.ts';

const readyTimeoutMs = 30_000;
const pollIntervalMs = 100;

export interface StartPrometheusOptions extends PrometheusSettings {
  /** Holds its settings and data; made when it is not there. */
  dir: string;
  port: number;
  logFile: string;
}

/**
 * Starts a Prometheus on 127.0.0.1 and waits until it answers. It keeps 65 days, so that a report can
 * compare two months; it does not outlive us.
 *
 * @throws CliError when there is no Prometheus, or when it does not come up
 */
export async function startPrometheus(options: StartPrometheusOptions): Promise<SupervisedProcess> {
  const { dir, port, logFile } = options;
  const command = findPrometheusTool('prometheus');
  mkdirSync(dir, { recursive: true });
  const configFile = join(dir, 'prometheus.yml');
  writeFileSync(configFile, prometheusConfig(options));
  const server = await spawnSupervised({
    command,
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      '--storage.tsdb.retention.time=65d',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    env: process.env,
    cwd: dir,
    logFile,
    stopSignal: 'SIGTERM',
  });
  if (await becomesReady(server, `http://127.0.0.1:${port}/-/ready`)) return server;
  await server.stop(pollIntervalMs);
  throw new CliError(`Prometheus does not start. The end of ${logFile}:\n${logTail(logFile, 15)}`);
}

async function becomesReady(server: SupervisedProcess, url: string): Promise<boolean> {
  const deadline = performance.now() + readyTimeoutMs;
  while (server.exit === undefined && performance.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return true;
    await sleep(pollIntervalMs);
  }
  return false;
}
