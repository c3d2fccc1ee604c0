import { makeEvents, pick } from './lib/events.ts';
import { post } from './lib/post.ts';
import { steady } from './lib/profiles.ts';
import { someTenant } from './lib/run.ts';
import { scenario } from './lib/scenario.ts';
import { ingestSlos, summaryAvailability, summaryHit, summaryMiss } from './report/slo.ts';
import { readSummary } from './lib/summary.ts';

const minuteMs = 60_000;

export const { options, setup, teardown, handleSummary, probe } = scenario({
  name: 'summary-mix',
  about:
    'Events come in while dashboards ask: four of five summaries for a usual window, one for its own.',
  load: {
    write: steady({ rate: 20, seconds: 60 }),
    read: steady({ rate: 20, seconds: 60 }),
  },
  slos: [...ingestSlos, summaryAvailability, summaryHit, summaryMiss],
});

export function write(): void {
  post(someTenant(), makeEvents(20));
}

export function read(): void {
  const isUsual = pick(5) > 0;
  readSummary(someTenant(), isUsual ? 'window=24h' : ownSpan());
}

/** A day that is not cached. */
function ownSpan(): string {
  const toMs = Date.now() - pick(minuteMs);
  const [from, to] = [new Date(toMs - 1_440 * minuteMs), new Date(toMs)];
  return `from=${from.toISOString()}&to=${to.toISOString()}`;
}
