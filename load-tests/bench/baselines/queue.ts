import { setTimeout as sleep } from 'node:timers/promises';
import { encodeJob } from '@event-platform/core/event/job';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { hashEventId } from '@event-platform/core/queue/event-id-hash';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { countsOf, rowText } from '../events/event-texts.ts';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { accountName, sampleEvent } from '../events/sample-event.ts';
import { uuidV7s, type EventIds } from '../events/event-ids.ts';
import { idPlaceholder, Template } from '../events/template.ts';
import { startCpuMeter } from '../lab/cpu-meter.ts';
import { ForkedProcess } from '../load/forked-process.ts';
import { workUntilDeadline } from '../lab/until-deadline.ts';
import type { ConsumerMessage } from '../servers/queue-consumer.ts';
import type { Baseline } from '../lab/baseline.ts';

const eventsPerJob = 100;
const jobsPerCall = 10;
const callsAtOnce = 4;

/** The adding pauses above this, so that the end does not wait for a long queue. */
const maxWaitingJobs = 1_000;

const drainTimeoutMs = 30_000;
const pollEveryMs = 2;

/** The queue alone: jobs of 100 events added in bulk, taken by another process, nothing done with them. */
export const queueBaseline: Baseline = {
  name: 'R',
  description: `the queue alone: jobs of ${eventsPerJob} events added and taken, nothing stored`,
  unit: 'events/s',
  async prepare(lab) {
    const connection = lab.redis.duplicate();
    const queue = new TextQueue(defaultQueueName, { connection, prefix: defaultRedisPrefix });
    const consumer = new ForkedProcess<never, ConsumerMessage>(
      new URL('../servers/queue-consumer.ts', import.meta.url),
      [lab.redisServer.url],
    );
    await consumer.receive(({ kind }) => (kind === 'ready' ? true : undefined));
    const jobs = sampleJobs();
    let added = 0;
    let done = 0;
    const watched = consumer.receive((message) => void (done = message.jobs));
    // It ends when the consumer does; a consumer that ends too early shows as jobs not taken.
    watched.catch(() => undefined);

    async function addSome(): Promise<number> {
      added += jobsPerCall;
      await queue.addBulk(jobs);
      await untilDone(added - maxWaitingJobs);
      return jobsPerCall * eventsPerJob;
    }
    async function untilDone(wanted: number): Promise<void> {
      const deadline = performance.now() + drainTimeoutMs;
      while (done < wanted) {
        if (performance.now() > deadline) throw new Error(`${done} of ${wanted} jobs were taken.`);
        await sleep(pollEveryMs);
      }
    }
    return {
      async run(seconds, onProgress) {
        const startedAtMs = performance.now();
        const cpuSince = startCpuMeter({
          generator: [process.pid],
          redis: [lab.redisServer.pid],
          worker: [consumer.pid],
        });
        const work = { workers: callsAtOnce, turn: addSome };
        const { events } = await workUntilDeadline(seconds, work, onProgress);
        await untilDone(added);
        return { events, seconds: (performance.now() - startedAtMs) / 1_000, cpu: cpuSince() };
      },
      async close() {
        await consumer.stop();
        await queue.close();
        connection.disconnect();
      },
    };
  },
};

/** Ids of their own, since rows that are all alike would pack too well. */
function withIds(rows: string, ids: EventIds): string {
  const template = new Template(rows);
  template.refresh(ids);
  return template.bytes.toString();
}

/** Jobs as the api adds them. */
function sampleJobs() {
  const random = seededRandom(1);
  const ids = uuidV7s();
  return Array.from({ length: jobsPerCall }, (_, index) => {
    const account = accountName(index);
    const events = Array.from({ length: eventsPerJob }, () =>
      sampleEvent(random, account, Date.now()),
    );
    const data = encodeJob({
      accounts: [[account, eventsPerJob]],
      minuteCounts: countsOf(events).map(({ minute, type, events }) => [0, minute, type, events]),
      ids: hashEventId(idPlaceholder).repeat(eventsPerJob),
      rows: withIds(events.map(rowText).join('\n'), ids),
    });
    const backoff = { type: 'exponential', delay: 1_000 };
    const opts = { priority: 1, attempts: 5, backoff, removeOnComplete: true };
    return { name: defaultQueueName, data, opts };
  });
}
