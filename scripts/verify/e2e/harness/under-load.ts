import { eventually } from '@event-platform/testkit/harness/eventually';
import type { System } from './system.ts';
import type { TrafficReport } from './traffic.ts';
import type { CheckResult } from './verify.ts';

/** What happened to the traffic of a test, and to every event of it. */
export interface Outcome {
  report: TrafficReport;
  found: CheckResult[];
  wanted: CheckResult[];
}

let runs = 0;
/** So many requests are answered before a fault, and after it, to know that there was traffic. */
const settledRequests = 100;

/**
 * Lets something happen while tenants send at a constant rate, waits until they get through again and
 * the queue is empty, and counts. Each call uses accounts of its own.
 */
export async function underLoad(
  system: System,
  happen: () => Promise<unknown>,
  { requestsPerSecond = 60, eventsPerRequest = 10 } = {},
): Promise<Outcome> {
  const run = `run-${++runs}`;
  const accounts = ['a', 'b', 'c'].map((name) => `${run}-${name}`);
  const traffic = system.send({ run, accounts, requestsPerSecond, eventsPerRequest });
  const getThrough = async () => {
    const goal = traffic.acknowledged() + settledRequests;
    await eventually(() => traffic.acknowledged() >= goal, {
      timeoutMs: 90_000,
      describe: 'tenants to get through',
    });
  };
  try {
    await getThrough();
    await happen();
    await getThrough();
  } finally {
    await traffic.stop();
  }
  const report = await traffic.done;
  return { report, ...(await system.account(report.sent)) };
}
