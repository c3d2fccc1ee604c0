import { stringify } from 'yaml';

/** What Prometheus is to look at. */
export interface PrometheusSettings {
  /** The pods of a release of the chart, wherever they are and whenever they come. */
  release?: ReleasePods;
  /** Name of the job → host:port of its processes. */
  jobs: Readonly<Record<string, readonly string[]>>;
  /** Files of rules. */
  rules: readonly string[];
  scrapeIntervalSeconds: number;
  evaluationIntervalSeconds: number;
}

/** Where the pods of a release are asked for. */
export interface ReleasePods {
  kubeconfig: string;
  namespace: string;
  /** Name of the Helm release. */
  name: string;
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
      ...(settings.release ? [podsOf(settings.release)] : []),
    ],
  });
}

/** Scrapes the port `ops` of each pod; a pod that is on its way out is left alone. */
function podsOf({ kubeconfig, namespace, name }: ReleasePods) {
  const label = '__meta_kubernetes_pod_label_app_kubernetes_io_instance';
  return {
    job_name: 'event-platform',
    kubernetes_sd_configs: [
      { role: 'pod', kubeconfig_file: kubeconfig, namespaces: { names: [namespace] } },
    ],
    relabel_configs: [
      { source_labels: [label], regex: name, action: 'keep' },
      {
        source_labels: ['__meta_kubernetes_pod_container_port_name'],
        regex: 'ops',
        action: 'keep',
      },
      { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Running', action: 'keep' },
      { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
    ],
  };
}
