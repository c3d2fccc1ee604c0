import { formatCount } from '@event-platform/cli/lib/table';
import { sumOfMetric } from '@event-platform/cli/lib/metrics-text';
import type { Ports } from '@event-platform/cli/lib/state-files';

const ttyIntervalMs = 1_000;
const logIntervalMs = 10_000;
const requestTimeoutMs = 2_000;

/**
 * Shows how many events were accepted and stored, wait, and are dead: one line that is refreshed
 * each second on a terminal, else a new line every 10 s.
 *
 * @returns ends it
 */
export function showLiveCounts(ports: Ports): () => void {
  const { isTTY } = process.stdout;
  let isBusy = false;
  const tick = async (): Promise<void> => {
    // A slow answer must not pile up requests, nor print two lines at once.
    if (isBusy) return;
    isBusy = true;
    const line = await liveLine(ports);
    isBusy = false;
    if (!timer.hasRef()) return;
    process.stdout.write(isTTY ? `\r\u001B[2K${line}` : `${line}\n`);
  };
  const timer = setInterval(() => void tick(), isTTY ? ttyIntervalMs : logIntervalMs);
  void tick();
  return () => {
    clearInterval(timer);
    timer.unref();
    if (isTTY) process.stdout.write('\n');
  };
}

/** One line of counts since the services started; a dash where no process answers. */
async function liveLine(ports: Ports): Promise<string> {
  const texts = await Promise.all([ports.api, ports.ops, ports.maintainer].map(scrape));
  const [api = '', worker = ''] = texts;
  const all = texts.join('\n');
  const counts = {
    accepted: sumOfMetric(all, 'events_accepted_total'),
    stored: sumOfMetric(all, 'events_stored_total'),
    // A gauge of the one queue in each process: never added up.
    waiting:
      sumOfMetric(api, 'bullmq_queue_waiting', 'queue="events"') ??
      sumOfMetric(worker, 'bullmq_queue_waiting', 'queue="events"'),
    dead: sumOfMetric(all, 'events_dead_total'),
  };
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count === undefined ? '–' : formatCount(count)}`)
    .join('   ');
}

async function scrape(port: number): Promise<string> {
  try {
    const signal = AbortSignal.timeout(requestTimeoutMs);
    return await (await fetch(`http://127.0.0.1:${port}/metrics`, { signal })).text();
  } catch {
    return '';
  }
}
