import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface K6Run {
  k6: string;
  script: string;
  /** Settings of the scenarios and of k6; nothing else of our environment reaches it but PATH and HOME. */
  env: Record<string, string>;
  /** A Prometheus that takes remote writes. */
  prometheus?: string;
}

/**
 * Runs one script to its end; k6 shows its own progress. Ctrl-C reaches k6, which ends the load, counts
 * what is stored, and reports.
 *
 * @returns its exit code; -1 when a signal ended it
 */
export async function runK6({ k6, script, env, prometheus }: K6Run): Promise<number> {
  const out = prometheus === undefined ? [] : ['--out', 'experimental-prometheus-rw'];
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  const { PATH, HOME } = process.env;
  const child = spawn(k6, ['run', '--no-usage-report', ...out, script], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH,
      HOME,
      ...env,
      ...(prometheus !== undefined && {
        K6_PROMETHEUS_RW_SERVER_URL: prometheus,
        K6_PROMETHEUS_RW_TREND_STATS: 'p(50),p(95),p(99),max',
      }),
    },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  process.off('SIGINT', ignore);
  return code ?? -1;
}
