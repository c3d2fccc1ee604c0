import { beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { record } from '../harness/recorder.ts';
import { switchQueue } from '../harness/switch-queue.ts';
import { useSystem } from '../harness/use-system.ts';
import { installValues } from '../harness/values.ts';

// The formula of the scaler: jobsPerPod follows from the largest queue, and a job holds up to 1,000 events.

const maxPods = 6;
const maxPendingEvents = 200_000;
const eventsPerRequest = 1_000;
// More than fit: the rest is refused, and sent again until it is taken.
const requests = (1.1 * maxPendingEvents) / eventsPerRequest;

const system = useSystem(
  'ep-e2e-full-queue',
  installValues({
    api: {
      replicas: 1,
      config: {
        QUEUE_MAX_PENDING_EVENTS: maxPendingEvents,
        ACCOUNT_MAX_PENDING_EVENTS: maxPendingEvents,
      },
    },
    // One job at a time and slow commits: the queue must outlast the autoscaler's first look on two cores.
    worker: { config: { CONCURRENCY: 1, WRITERS: 1 } },
    keda: { maxReplicas: maxPods, pollingInterval: 1 },
  }),
);
beforeAll(async () => {
  const { pool } = system();
  await pool.query('ALTER DATABASE postgres SET commit_delay = 100000');
  await pool.query('ALTER DATABASE postgres SET commit_siblings = 0');
});

test('a queue that is full of the largest batches brings every pod, and all of it is stored once', async () => {
  await switchQueue(system(), 'pause');
  const traffic = system().send({
    run: 'full',
    accounts: ['full-a', 'full-b', 'full-c'],
    ...{ requests, eventsPerRequest, requestsPerSecond: 20 },
  });
  await eventually(() => traffic.acknowledged() * eventsPerRequest >= 0.95 * maxPendingEvents, {
    timeoutMs: 120_000,
    describe: 'a full queue',
  });
  const { prioritized, wait } = await system().backlog();
  // QueueBackingUp counts jobs, and a full queue stays far below its 10,000.
  expect(prioritized + wait).toBeLessThanOrEqual(requests);
  const recording = record(system(), 0);
  await switchQueue(system(), 'resume');
  const report = await traffic.done;
  const { found, wanted } = await system().account(report.sent);
  await recording.stop();
  expect(found).toEqual(wanted);
  expect(report.failures.join('\n')).toContain('backlog_full');
  expect(Math.max(...recording.moments.map(({ wanted: pods }) => pods))).toBe(maxPods);
}, 400_000);
