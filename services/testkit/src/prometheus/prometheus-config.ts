import { stringify } from 'yaml';

/** What Prometheus scrapes. */
export interface PrometheusSettings {
  /** A file of targets that may change at any time, in the form of Prometheus' file discovery. */
  targetsFile?: string;
  /** Name of the job → host:port of its processes. */
  jobs: Readonly<Record<string, readonly string[]>>;
  /** Files of rules. */
  rules: readonly string[];
  scrapeIntervalSeconds: number;
  evaluationIntervalSeconds: number;
}

/** The text of prometheus.yml. */
export function prometheusConfig(settings: PrometheusSettings): string {
  return stringify({
    global: {
      scrape_interval: `${settings.scrapeIntervalSeconds}s`,
      // Not longer than the interval, which Prometheus refuses.
      scrape_timeout: `${Math.min(settings.scrapeIntervalSeconds, 10)}s`,
      evaluation_interval: `${settings.evaluationIntervalSeconds}s`,
    },
    rule_files: settings.rules,
    scrape_configs: [
      ...Object.entries(settings.jobs).map(([name, targets]) => ({
        job_name: name,
        static_configs: [{ targets }],
      })),
      ...(settings.targetsFile === undefined
        ? []
        : [{ job_name: 'targets', file_sd_configs: [{ files: [settings.targetsFile] }] }]),
    ],
  });
}
