import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import {
  replayDeadLetter,
  type ReplayOutcome,
} from '@event-platform/core/storage/replay/dead-letter-replay';
import { confirm } from '../lib/confirm.ts';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { interruptible } from '../lib/interruptible.ts';
import { resolveRedis, type QueueOptions } from '../lib/redis-options.ts';
import { formatCount, printable } from '../lib/table.ts';
import { startProgress } from '../lib/progress.ts';
import type { SelectedDeadLetter } from './locate-dead-letter.ts';
import { whyOf } from './list.ts';
import { createReplayPace, type ReplayPace } from './replay-pace.ts';
import { countSelected, eachSelected } from './selected-dead-letters.ts';
import { readSelection, type Selection, type SelectionOptions } from './selection.ts';

interface ReplayOptions extends SelectionOptions, DatabaseOptions, QueueOptions {
  dryRun: boolean;
  rate: number;
  yield: boolean;
  yieldAbove: number;
}

const words: Record<ReplayOutcome['kind'], { done: string; dryRan: string }> = {
  stored: { done: 'stored', dryRan: 'would-store' },
  duplicate: { done: 'duplicate', dryRan: 'duplicate' },
  dead: { done: 'dead again', dryRan: 'would-fail' },
  unreadable: { done: 'not an event', dryRan: 'not an event' },
  gone: { done: 'gone', dryRan: 'gone' },
};

/** `ep dead replay`: one line for each dead letter, then the sums. Exit code 1 when a dead letter is left. */
export async function replay(
  accountId: string | undefined,
  eventId: string | undefined,
  options: ReplayOptions,
  command: Command,
): Promise<void> {
  const selection = readSelection(accountId, eventId, options, command);
  if (selection.kind === 'all' && !options.dryRun) {
    await confirm('Every dead letter will be stored, if PostgreSQL accepts it.', options.yes);
  }
  const watch = watchLiveJobs(options, selection);
  try {
    await interruptible(async (signal) => {
      const pace = createReplayPace({
        eventsPerSecond: options.rate,
        liveJobs: watch?.jobs,
        maxLiveJobs: options.yieldAbove,
        signal,
        now: () => performance.now(),
        sleep: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
      });
      report(await replayAll(selection, options, pace, signal), signal.aborted);
    });
  } finally {
    watch?.close();
  }
}

async function replayAll(
  selection: Selection,
  options: ReplayOptions,
  pace: ReplayPace,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const { dryRun } = options;
  const sums = new Map<string, number>();
  let done = 0;
  await withShards(options, async (shards) => {
    const total = await countSelected(shards, selection);
    const note = () =>
      pace.ahead() > 0 ? `, waits for ${formatCount(pace.ahead())} live jobs` : '';
    const progress = startProgress('replayed', total, note);
    try {
      for await (const selected of eachSelected(shards, selection)) {
        await pace.turn();
        // Between two dead letters, so that an interruption leaves none half done.
        if (signal.aborted) break;
        const { deadLetter, source } = selected;
        const end = dryRun ? 'ROLLBACK' : 'COMMIT';
        const outcome = await replayDeadLetter(shards, source, deadLetter, end);
        const word = words[outcome.kind][dryRun ? 'dryRan' : 'done'];
        sums.set(word, (sums.get(word) ?? 0) + 1);
        if (outcome.kind === 'dead' || outcome.kind === 'unreadable') process.exitCode = 1;
        console.log(formatOutcome(selected, word, outcome));
        progress.update(++done);
      }
    } finally {
      progress.stop();
    }
  });
  return sums;
}

/** The jobs that wait for a worker. A single dead letter, or a dry run, does not yield to them. */
function watchLiveJobs(
  options: ReplayOptions,
  selection: Selection,
): { jobs: () => Promise<number>; close: () => void } | undefined {
  if (!options.yield || options.dryRun || selection.kind === 'one') return undefined;
  const redis = new Redis(resolveRedis(options), { maxRetriesPerRequest: 1 });
  // The command that fails reports the error.
  redis.on('error', () => undefined);
  const keys = queueKeys(options.redisPrefix, options.queueName);
  return {
    jobs: async () => (await redis.llen(keys.wait)) + (await redis.zcard(keys.prioritized)),
    close: () => redis.disconnect(),
  };
}

function report(sums: Map<string, number>, isInterrupted: boolean): void {
  const sentence = [...sums].map(([word, count]) => `${formatCount(count)} ${word}`).join(', ');
  if (isInterrupted) {
    process.exitCode = 1;
    console.log(
      `\nInterrupted after ${sentence || 'nothing'}: the same command continues from here.`,
    );
    return;
  }
  console.log(sentence === '' ? 'There are no such dead letters.' : `\n${sentence}.`);
  if (sums.has(words.unreadable.done)) {
    console.log('Dead letters that hold a whole job go back into the queue by `ep dead requeue`.');
  }
}

function formatOutcome(
  { deadLetter }: SelectedDeadLetter,
  word: string,
  outcome: ReplayOutcome,
): string {
  const line = `${word.padEnd(12)} ${deadLetter.accountId} ${deadLetter.eventId}`;
  if (outcome.kind !== 'dead') return printable(line);
  const { sqlstate, message } = outcome.cause;
  return printable(`${line}  ${whyOf({ sqlstate: sqlstate ?? null, message })}`);
}
