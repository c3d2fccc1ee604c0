import { randomBytes, randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { resolveApiUrl } from '@event-platform/cli/lib/api-url-option';
import { withShards, type DatabaseOptions } from '@event-platform/cli/lib/database-options';
import { interruptible } from '@event-platform/cli/lib/interruptible';
import { resolveRedis, type QueueOptions } from '@event-platform/cli/lib/redis-options';
import { startProgress } from '@event-platform/cli/lib/progress';
import { awaitRest } from '@event-platform/testkit/checker/await-rest';
import { createEventSource } from '@event-platform/testkit/checker/check-event';
import { JournalWriter, readJournal } from '@event-platform/testkit/checker/journal';
import { checkEvidence } from '@event-platform/testkit/checker/check-evidence';
import { LoadClient } from '@event-platform/testkit/checker/load-client';
import { readKept, readQueue } from '@event-platform/testkit/checker/read-evidence';
import { formatResult } from '@event-platform/testkit/checker/report';

export interface CompareOptions extends DatabaseOptions, QueueOptions {
  /** How long to wait for the queue to be at rest, and then for the ledger to balance. */
  restSeconds: number;
}

export interface RunOptions extends CompareOptions {
  url?: string;
  key?: string;
  rate: number;
  batch: number;
  accounts: number;
  seconds: number;
  duplicates: number;
  wait: number;
  journal: string;
}

/** What is open at the end of the load is tried for so long. */
const graceMs = 60_000;

/**
 * Sends for a while, then compares.
 *
 * @returns true when the promise was kept
 */
export async function runCommand(options: RunOptions): Promise<boolean> {
  resolveRedis(options);
  rmSync(options.journal, { force: true });
  const journal = new JournalWriter(options.journal);
  const client = new LoadClient(
    {
      url: resolveApiUrl(options.url),
      apiKey: options.key,
      eventsPerSecond: options.rate,
      eventsPerRequest: options.batch,
      duplicateShare: () => options.duplicates,
      waitShare: () => options.wait,
      timeoutMs: 20_000,
      maxOpen: 256,
      random: randomInt,
      nextEvent: createEventSource({
        accountPrefix: `check-${randomBytes(4).toString('hex')}`,
        accounts: options.accounts,
        random: randomInt,
        now: Date.now,
      }),
    },
    journal,
  );
  await sendFor(client, options.seconds * 1_000);
  journal.close();
  return compareCommand(options.journal, options);
}

/**
 * Waits for the queue, reads what is kept, compares and reports.
 *
 * @returns true when the promise was kept
 */
export async function compareCommand(path: string, options: CompareOptions): Promise<boolean> {
  const attempted = readJournal(path);
  const accounts = [...new Set([...attempted.values()].map(({ accountId }) => accountId))];
  const redis = new Redis(resolveRedis(options), { maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined);
  try {
    const names = { prefix: options.redisPrefix, queueName: options.queueName };
    process.stderr.write('Waiting until the queue is at rest and the ledger balances\n');
    const restMs = options.restSeconds * 1_000;
    await awaitRest(() => readQueue(redis, names), restMs);
    const queue = await readQueue(redis, names);
    const kept = await withShards(options, (shards) => readKept(shards.all, accounts, restMs));
    const result = checkEvidence({ attempted, ...kept, queue });
    console.log(formatResult(result));
    return result.findings.length === 0;
  } finally {
    redis.disconnect();
  }
}

async function sendFor(client: LoadClient, durationMs: number): Promise<void> {
  const note = () => `, ${client.open} requests open`;
  const progress = startProgress('accepted', undefined, note);
  const update = setInterval(() => progress.update(client.accepted), 500);
  client.start();
  await interruptible((signal) => sleep(durationMs, undefined, { signal }).catch(() => undefined));
  await client.stop(graceMs);
  clearInterval(update);
  progress.stop();
}
