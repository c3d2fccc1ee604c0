import type { Command } from 'commander';
import { Redis } from 'ioredis';
import { takeDeadLetter } from '@event-platform/core/storage/replay/take-dead-letter';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { confirm } from '../lib/confirm.ts';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { interruptible } from '../lib/interruptible.ts';
import { resolveRedis, type QueueOptions } from '../lib/redis-options.ts';
import { formatCount, printable } from '../lib/table.ts';
import { jobOfDeadLetter } from './job-of-dead-letter.ts';
import { eachSelected } from './selected-dead-letters.ts';
import { readSelection, type Selection, type SelectionOptions } from './selection.ts';

interface RequeueOptions extends SelectionOptions, DatabaseOptions, QueueOptions {
  dryRun: boolean;
  attempts: number;
}

/** A job that fails again is tried again after this long, doubling: as the api's jobs are. */
const backoffMs = 1_000;

/**
 * `ep dead requeue`: puts whole jobs that no worker could read back into the queue, ahead of the others.
 * Exit code 1 when a dead letter is left. A job that is put back twice, after a crash, is stored once.
 */
export async function requeue(
  accountId: string | undefined,
  eventId: string | undefined,
  options: RequeueOptions,
  command: Command,
): Promise<void> {
  const selection = onlyJobs(readSelection(accountId, eventId, options, command));
  if (selection.kind === 'all' && !options.dryRun) {
    await confirm('Every job that was unreadable will be put back into the queue.', options.yes);
  }
  const redis = new Redis(resolveRedis(options), { lazyConnect: true, retryStrategy: () => null });
  let problem: Error | undefined;
  redis.on('error', (error) => (problem = error));
  try {
    // First, since BullMQ would wait for a Redis that is down.
    await redis.connect().catch((error: unknown) => {
      throw problem ?? error;
    });
    const queue = new TextQueue(options.queueName, {
      connection: redis,
      prefix: options.redisPrefix,
    });
    queue.on('error', () => undefined);
    await interruptible((signal) => requeueAll(selection, options, queue, signal));
    await queue.close();
  } finally {
    redis.disconnect();
  }
}

async function requeueAll(
  selection: Selection,
  options: RequeueOptions,
  queue: TextQueue,
  signal: AbortSignal,
): Promise<void> {
  const { attempts, dryRun } = options;
  const sums = { requeued: 0, left: 0 };
  await withShards(options, async (shards) => {
    for await (const { deadLetter, source } of eachSelected(shards, selection)) {
      // Between two dead letters, so that an interruption leaves none half done.
      if (signal.aborted) break;
      const isTaken = await takeDeadLetter(source, deadLetter, async (found) => {
        const text = jobOfDeadLetter(found);
        if (text === undefined || dryRun) return false;
        await queue.add(options.queueName, text, {
          attempts,
          backoff: { type: 'exponential', delay: backoffMs },
          removeOnComplete: true,
        });
        return true;
      });
      const wouldBe = dryRun && jobOfDeadLetter(deadLetter) !== undefined;
      if (isTaken === true || wouldBe) sums.requeued++;
      else if (isTaken === false) sums.left++;
      const word = wordOf(isTaken, wouldBe);
      console.log(printable(`${word.padEnd(13)} ${deadLetter.accountId} ${deadLetter.eventId}`));
    }
  });
  report(sums, signal.aborted);
}

function wordOf(isTaken: boolean | undefined, wouldBe: boolean): string {
  if (isTaken === undefined) return 'gone';
  if (wouldBe) return 'would-requeue';
  return isTaken ? 'requeued' : 'not a job';
}

function report({ requeued, left }: { requeued: number; left: number }, isInterrupted: boolean) {
  if (left > 0 || isInterrupted) process.exitCode = 1;
  if (isInterrupted) {
    console.log('\nInterrupted: the same command continues from here.');
    return;
  }
  const kept = left > 0 ? `, ${formatCount(left)} left: \`ep dead replay\` stores events` : '';
  console.log(
    requeued + left === 0
      ? 'There are no such dead letters.'
      : `\n${formatCount(requeued)} requeued${kept}.`,
  );
}

/** Dead letters of events are stored by `ep dead replay`; they do not count as left here. */
function onlyJobs(selection: Selection): Selection {
  if (selection.kind === 'one') return selection;
  return { ...selection, filter: { ...selection.filter, reason: 'job_unreadable' } };
}
