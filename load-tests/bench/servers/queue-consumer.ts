import { Redis } from 'ioredis';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { TextWorker } from '@event-platform/core/queue/text-job';

/** Sent to the parent: jobs done since the start. */
export interface ConsumerMessage {
  kind: 'ready' | 'count';
  jobs: number;
}

// The queue's other end for baseline R: takes jobs as the worker does, and does nothing with them.
const [redisUrl = ''] = process.argv.slice(2);
const concurrency = 200;
const reportEveryMs = 10;
const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
let jobs = 0;
let reported = 0;

const worker = new TextWorker(
  defaultQueueName,
  () => {
    jobs++;
    return Promise.resolve();
  },
  { connection: redis, prefix: defaultRedisPrefix, concurrency },
);
await worker.waitUntilReady();
process.send?.({ kind: 'ready', jobs } satisfies ConsumerMessage);
setInterval(() => {
  if (jobs === reported) return;
  reported = jobs;
  process.send?.({ kind: 'count', jobs } satisfies ConsumerMessage);
}, reportEveryMs);
process.once('disconnect', () => process.exit());
// Ctrl-C reaches this process too; the parent ends it in its own order.
process.on('SIGINT', () => undefined);
