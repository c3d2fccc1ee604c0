import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckEvent } from '@event-platform/testkit/checker/check-event';
import type { Scenario, Tools } from '../harness/scenario.ts';
import type { Harness } from '../harness/harness.ts';

const requests = 60;
const eventsPerRequest = 150;
/** With its key and quotes, a little below the 64 KB that metadata may have. */
const textCharacters = 65_000;
const senders = 4;
/** The chart's limit. */
const memoryMiB = 512;
const drainLimitMs = 150_000;
const pollEveryMs = 250;
/** As soon as a kubelet would. */
const restartAfterMs = 1_000;

export const large: Scenario[] = [
  {
    name: 'large-events-at-backlog',
    faults:
      'a worker that starts in 512 MiB finds 60 requests of 150 events of 65 kB waiting, and then the same as duplicates',
    harness: { memoryMiB },
    needsMemoryGroups: true,
    async run(harness, tools) {
      const runId = tools.random(1_000_000);
      const nowMs = Date.now();
      for (let time = 1; time <= 2; time++) {
        await harness.worker.slot.stop();
        await postAll(tools, (request) => largeEvents(`large-${runId}-${request}`, nowMs));
        await drain(harness, tools);
      }
    },
  },
];

/** The same events for the same name. */
function largeEvents(name: string, nowMs: number): CheckEvent[] {
  return Array.from({ length: eventsPerRequest }, (_, index) => ({
    event_id: `${name}-${index}`,
    account_id: `chaos-large-${index % 3}`,
    user_id: 'user',
    type: 'large',
    timestamp: new Date(nowMs).toISOString(),
    metadata: { text: String(index).padStart(textCharacters, `${name} `) },
  }));
}

async function postAll(
  { post }: Tools,
  eventsOf: (request: number) => CheckEvent[],
): Promise<void> {
  let next = 0;
  const send = async () => {
    while (next < requests) await post(eventsOf(next++));
  };
  await Promise.all(Array.from({ length: senders }, send));
}

/** Starts the worker, again and again if need be, until no more waits than the load brings. */
async function drain(harness: Harness, { complain }: Tools): Promise<void> {
  const deadline = performance.now() + drainLimitMs;
  let starts = 0;
  let jobs = Infinity;
  while (jobs > requests / 4 && performance.now() < deadline) {
    if (!harness.worker.slot.isRunning) {
      if (starts++ > 0) await sleep(restartAfterMs);
      await harness.worker.slot.start();
    }
    if (!harness.api.slot.isRunning) {
      complain('the api ended by itself');
      await harness.api.slot.start();
    }
    await sleep(pollEveryMs);
    const states = await harness.readQueue().catch(() => ({ unknown: Infinity }));
    jobs = Object.values(states).reduce((sum, count) => sum + count, 0);
  }
  if (starts > 1) complain(`the worker ended by itself ${starts - 1} times`);
  if (jobs > requests / 4) complain(`${jobs} jobs still waited after ${drainLimitMs / 1_000} s`);
  await harness.worker.slot.start();
}
