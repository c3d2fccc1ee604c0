import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PrometheusClient } from '@event-platform/cli/lib/prometheus-client';
import { resultsDir } from '../harness/results-dir.ts';

/** What the alerts on waiting and on a blind scaler read. */
const names = [
  'keda_scaled_object_errors_total',
  'keda_scaler_detail_errors_total',
  'queue_stalled_seconds',
  'bullmq_queue_paused',
  'bullmq_queue_waiting',
  'queue_pending_events',
];

/** Distance of samples in the cases of promtool. */
const stepSeconds = 30;

/**
 * Keeps what Prometheus saw of an outage, as the cases of the alerts take it (scripts/build/monitoring/cases/recorded).
 *
 * @param range epoch seconds
 */
export async function keepSeries(
  client: PrometheusClient,
  name: string,
  range: { from: number; to: number },
): Promise<void> {
  const lines = [];
  for (const metric of names) {
    const found = await client.queryRange(metric, { ...range, step: stepSeconds });
    lines.push(...found.map((line) => ({ metric, ...line })));
  }
  writeFileSync(join(resultsDir(), `series-${name}.json`), JSON.stringify(lines, undefined, 1));
}
