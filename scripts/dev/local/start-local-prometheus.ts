import type { LocalContext, Part } from './part.ts';
import { plainRulesPath } from '../../build/monitoring/rule-files.ts';
import { startPrometheus } from '@event-platform/testkit/prometheus/start-prometheus';

/** Short, so that a person sees something soon. */
const scrapeIntervalSeconds = 5;
const stopDeadlineMs = 15_000;

/**
 * Starts the Prometheus of `make up OBSERVE=1`: it scrapes api, worker and maintainer, and has the alerting rules.
 *
 * @throws CliError when it does not come up
 */
export async function startLocalPrometheus(
  { ports, state }: LocalContext,
  logFile: string,
): Promise<Omit<Part, 'logStart'>> {
  if (ports.prometheus === undefined) throw new Error('Prometheus was not asked for.');
  const server = await startPrometheus({
    dir: state.prometheus,
    port: ports.prometheus,
    logFile,
    rules: [plainRulesPath],
    scrapeIntervalSeconds,
    evaluationIntervalSeconds: 30,
    jobs: {
      'event-platform-api': [`127.0.0.1:${ports.api}`],
      'event-platform-worker': [`127.0.0.1:${ports.ops}`],
      'event-platform-maintainer': [`127.0.0.1:${ports.maintainer}`],
    },
  });
  return {
    pid: server.pid,
    logFile,
    exited: server.exited,
    stop: () => server.stop(stopDeadlineMs),
  };
}
