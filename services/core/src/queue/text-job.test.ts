import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Worker } from 'bullmq';
import { Queue, type Job, type Processor } from 'bullmq';
import { Redis } from 'ioredis';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { eventRow, eventRows, jobText } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { TextQueue, TextWorker } from './text-job.ts';

const corner = testRedis();
const redis = new Redis(corner.url, { maxRetriesPerRequest: null });
const options = { connection: redis, prefix: corner.prefix };
const open: { close: () => Promise<void> }[] = [];
const opened = <T extends { close: () => Promise<void> }>(one: T): T => {
  open.push(one);
  return one;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
let timersBefore = 0;
beforeAll(async () => {
  await redis.ping();
  timersBefore = timers();
});
afterAll(async () => {
  await redis.quit();
  await corner.cleanup();
  // The client's parser gives the buffer of a megabyte back step by step, on a timer of its own.
  await eventually(() => timers() <= timersBefore);
});

let queues = 0;
/** A text queue and an ordinary one that use the same keys. */
function queuePair() {
  const name = `queue-${queues++}`;
  return {
    name,
    texts: opened(new TextQueue(name, options)),
    plain: opened(new Queue<unknown>(name, options)),
  };
}

/** Runs a worker until one job is processed, and returns what it got. */
function firstJob(start: (processor: Processor) => Worker): Promise<Job> {
  return new Promise((resolve, reject) => {
    const worker = opened(
      start((job: Job) => {
        resolve(job);
        return Promise.resolve();
      }),
    );
    worker.on('error', reject);
  });
}

const nasty = '\u2028 "\\" 😀 漢 é \u0001 </script> ,"rows":[ ';
const texts: [string, string][] = [
  ['an event job', jobText(eventRows(3))],
  ['text in every script', jobText([eventRow({ user_id: nasty, metadata: { [nasty]: nasty } })])],
  ['a megabyte', jobText([eventRow({ metadata: { big: 'x😀'.repeat(250_000) } })])],
];

describe('a job of text', () => {
  test.each(texts)('reaches a text worker as the identical text: %s', async (_name, text) => {
    const { name, texts: queue } = queuePair();
    await queue.add('events', text);
    const job = await firstJob((run) => new TextWorker(name, run, options));
    expect(job.data === text).toBe(true);
  });

  test.each(texts)('lies in Redis as it is: %s', async (_name, text) => {
    const { name, texts: queue } = queuePair();
    const { id = '' } = await queue.add('events', text);
    expect((await redis.hget(`${corner.prefix}:${name}:${id}`, 'data')) === text).toBe(true);
  });

  test('is read back by its own queue as the identical text', async () => {
    const { texts: queue } = queuePair();
    const text = jobText(eventRows(2));
    const { id = '', data } = await queue.add('events', text);
    expect(data).toBe(text);
    expect((await queue.getJob(id))?.data).toBe(text);
    expect((await queue.getWaiting()).map((job) => job.data)).toEqual([text]);
  });

  test('keeps everything else that BullMQ notes: name, priority, attempts, time', async () => {
    const { texts: queue, plain } = queuePair();
    const options = { priority: 7, attempts: 3, timestamp: 1_700_000_000_000 };
    const { id = '' } = await queue.add('events', '{"v":2}', options);
    const job = await plain.getJob(id);
    expect(job).toMatchObject({ name: 'events', timestamp: options.timestamp, priority: 7 });
    expect(job?.opts).toMatchObject({ priority: 7, attempts: 3 });
  });

  test('added in bulk is the same', async () => {
    const { texts: queue } = queuePair();
    await queue.addBulk(texts.map(([name, data]) => ({ name, data })));
    const jobs = await queue.getWaiting();
    expect(jobs.map((job) => job.data)).toEqual(texts.map(([, text]) => text));
  });
});

test('a job that another put into the queue reaches the worker as its JSON text', async () => {
  const { name, plain } = queuePair();
  await plain.add('foreign', { any: ['thing', 'ü'] });
  const job = await firstJob((run) => new TextWorker(name, run, options));
  expect(job.data).toBe('{"any":["thing","ü"]}');
});

test('jobs that come one after another are all taken, also those that come between two polls', async () => {
  const { name, texts: queue } = queuePair();
  const wanted = Array.from({ length: 40 }, (_, index) => `job ${index}`);
  const [first = '', ...later] = wanted;
  const taken: string[] = [];
  opened(
    new TextWorker(
      name,
      async ({ data }: Job<string>) => {
        taken.push(data);
        const next = later.shift();
        // In turn: it is there before the job that is held is done, and it comes right afterwards.
        if (next !== undefined && taken.length % 2 === 0) await queue.add('events', next);
        else if (next !== undefined) setImmediate(() => void queue.add('events', next));
      },
      { ...options, concurrency: 3 },
    ),
  );
  await queue.add('events', first);
  await eventually(() => expect(taken).toEqual(wanted));
});
