import type { DashboardSpec } from './dashboard-spec.ts';
import { of, percentiles } from './series-of-dashboards.ts';

/** KEDA's own namespace label is renamed unless Prometheus honours labels: selected by object instead. */
const keda = (name: string) => `${name}{scaledObject=~".*-worker"}`;
const worker = 'deployment=~".*-worker"';
const api = 'deployment=~".*-api"';
const workerScaler = 'horizontalpodautoscaler=~"keda-hpa-.*-worker|.*-worker"';
const apiScaler = 'horizontalpodautoscaler=~".*-api"';

const replicas = (of_: string, deployment: string, scaler: string) => [
  {
    expr: `sum(${of('kube_deployment_status_replicas_ready', deployment)})`,
    legend: `${of_} ready`,
  },
  {
    expr: `sum(${of('kube_horizontalpodautoscaler_status_desired_replicas', scaler)})`,
    legend: `${of_} wanted`,
  },
  {
    expr: `sum(${of('kube_horizontalpodautoscaler_spec_max_replicas', scaler)})`,
    legend: `${of_} at most`,
  },
];

/** Does the number of pods follow the work? */
export const autoscalingDashboard: DashboardSpec = {
  id: 'autoscaling',
  title: 'Event platform: autoscaling',
  description:
    'The backlog, what KEDA sees of it, and the pods that follow. keda/README.md derives the formula.',
  rows: [
    {
      title: 'Workers: KEDA',
      panels: [
        {
          title: 'Backlog',
          description:
            'Jobs by state, as the api reads them; wait and prioritized are what the scaler divides.',
          kind: 'lines',
          unit: 'short',
          isStacked: true,
          queries: [{ expr: `max by (state) (${of('bullmq_queue_jobs')})`, legend: '{{state}}' }],
        },
        {
          title: 'What KEDA reads',
          description:
            'The values of its triggers. Away from the backlog: wrong keys, or another Redis.',
          kind: 'lines',
          unit: 'short',
          queries: [
            {
              expr: `max by (metric) (${keda('keda_scaler_metrics_value')})`,
              legend: '{{metric}}',
            },
          ],
        },
        {
          title: 'Worker pods',
          description: 'Ready ones follow wanted ones; at most for long means that it is too few.',
          kind: 'lines',
          unit: 'short',
          min: 0,
          queries: replicas('worker', worker, workerScaler),
        },
        {
          title: 'Errors of the scaler',
          description: 'Above 0 KEDA is blind: the alert ScalerBlind.',
          kind: 'lines',
          unit: 'short',
          min: 0,
          queries: [
            {
              expr: `sum by (scaledObject) (increase(${keda('keda_scaled_object_errors_total')}[$__rate_interval]))`,
              legend: '{{scaledObject}}',
            },
          ],
        },
        {
          title: 'Time to read Redis',
          description: 'Latency of KEDA’s last poll, by trigger.',
          kind: 'lines',
          unit: 's',
          min: 0,
          queries: [
            {
              expr: `max by (metric) (${keda('keda_scaler_metrics_latency_seconds')})`,
              legend: '{{metric}}',
            },
          ],
        },
        {
          title: 'Is the scaler active, or paused?',
          description: 'Active 0 lets the last pod go; paused holds the number.',
          kind: 'lines',
          unit: 'short',
          min: 0,
          max: 1,
          queries: [
            { expr: `max(${keda('keda_scaler_active')})`, legend: 'active' },
            { expr: `max(${keda('keda_scaled_object_paused')})`, legend: 'paused' },
          ],
        },
        {
          title: 'Queue latency',
          description: 'What scaling is for: P95 below 5 s.',
          kind: 'lines',
          unit: 's',
          min: 0,
          columns: 24,
          queries: percentiles('event_queue_latency_seconds'),
        },
      ],
    },
    {
      title: 'Api: HorizontalPodAutoscaler',
      panels: [
        {
          title: 'Api pods',
          description: 'Ready, wanted, and the bound.',
          kind: 'lines',
          unit: 'short',
          min: 0,
          columns: 12,
          queries: replicas('api', api, apiScaler),
        },
        {
          title: 'CPU',
          description:
            'Cores in use, by service; a worker or api process can use little more than one.',
          kind: 'lines',
          unit: 'short',
          min: 0,
          columns: 12,
          queries: [
            {
              expr: `sum by (service) (rate(${of('process_cpu_seconds_total')}[$__rate_interval]))`,
              legend: '{{service}}',
            },
          ],
        },
      ],
    },
  ],
};
