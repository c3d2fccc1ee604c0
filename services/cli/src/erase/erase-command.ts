import type { Subject } from '@event-platform/core/storage/erasure/subject';
import { CliError } from '../lib/cli-error.ts';
import { confirm } from '../lib/confirm.ts';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { interruptible } from '../lib/interruptible.ts';
import { resolveRedis, type QueueOptions } from '../lib/redis-options.ts';
import { formatCount } from '../lib/table.ts';
import { startProgress } from '../lib/progress.ts';
import { erase } from './erase.ts';
import { keptElsewhere, readArchiveMode, type ServerSettings } from './kept-elsewhere.ts';
import { inspect, type Inspection } from './inspect.ts';
import { onRedis, queueOf, type Place } from './place.ts';
import { formatReceipt, nameOf, type Receipt } from './receipt.ts';
import type { Tally } from './tally.ts';

export interface EraseCommandOptions extends DatabaseOptions, QueueOptions {
  account: string;
  user?: string;
  keys: boolean;
  unreadable: boolean;
  wait: number;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
}

/** Every api process refuses a revoked key after 10 s; a request that was admitted has 15 s more. */
const requestsEndAfterMs = 25_000;

/** `ep erase`: inspects, asks for confirmation, erases, and prints a receipt. Exit code 1 when anything was not reached. */
export async function eraseCommand(options: EraseCommandOptions): Promise<void> {
  const subject: Subject = { accountId: options.account, userId: options.user };
  const redisUrl = resolveRedis(options);
  await withShards(options, async (shards) => {
    const place = { shards, redisUrl, ...queueOf(options.redisPrefix, options.queueName) };
    const startedAt = new Date();
    const found = await inspect(place, subject);
    const inspected = receiptOf(subject, startedAt, found.tally, 'inspected');
    if (found.tally.isEmpty) {
      throw new CliError(
        `Nothing is kept of ${nameOf(subject)}: it was erased before, or an id is misspelt (ids are case-sensitive).`,
      );
    }
    if (options.dryRun) {
      print(inspected, options);
      return;
    }
    refuseLiveKeys(found, subject, options);
    if (!options.yes) process.stderr.write(`${formatReceipt(inspected)}\n\n`);
    await confirm(`All of this is erased permanently, of ${nameOf(subject)}.`, options.yes);
    await interruptible((signal) => run(place, subject, found, options, signal));
  });
}

async function run(
  place: Place,
  subject: Subject,
  found: Inspection,
  options: EraseCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = new Date();
  let jobsLeft = 0;
  const progress = startProgress('erased', found.tally.total('events'), () =>
    jobsLeft > 0 ? `, waits for ${formatCount(jobsLeft)} jobs` : '',
  );
  try {
    const tally = await erase(place, subject, {
      withSettings: options.keys,
      withUnreadable: options.unreadable,
      requestsEndAfterMs: restOfRequestsMs(found, options.keys),
      waitMs: options.wait * 1_000,
      signal,
      onProgress(erased, jobs) {
        jobsLeft = jobs;
        progress.update(erased);
      },
    });
    progress.stop();
    const rest = tally.notReached.length > 0 ? 'incomplete' : 'erased';
    const state = signal.aborted ? 'interrupted' : rest;
    const settings = await serverSettings(place, subject, found, options);
    const receipt = receiptOf(subject, startedAt, tally, state);
    print({ ...receipt, kept_elsewhere: keptElsewhere(subject, settings) }, options);
  } finally {
    progress.stop();
  }
}

/** A sender with a live key could continue while its account is erased. */
function refuseLiveKeys(
  { keys }: Inspection,
  subject: Subject,
  options: EraseCommandOptions,
): void {
  const live = keys.filter(({ revokedAt }) => revokedAt === null);
  if (live.length === 0 || options.keys) return;
  throw new CliError(
    `The sender of ${nameOf(subject)} could continue with the live key ${live.map(({ keyId }) => keyId).join(' and ')}: revoke it first (\`ep keys revoke ID\`), or add --keys, which erases keys and limits as well. Nothing was changed.`,
  );
}

/** How long requests may still come by a key that is live, or was revoked a moment ago. */
function restOfRequestsMs({ keys }: Inspection, isRevokedNow: boolean): number {
  const ends = keys.map(({ revokedAt }) => {
    const at = revokedAt ?? (isRevokedNow ? new Date() : undefined);
    return at === undefined ? 0 : at.getTime() + requestsEndAfterMs - Date.now();
  });
  return Math.max(0, ...ends);
}

function receiptOf(
  subject: Subject,
  startedAt: Date,
  tally: Tally,
  state: Receipt['state'],
): Receipt {
  return {
    account_id: subject.accountId,
    ...(subject.userId !== undefined && { user_id: subject.userId }),
    state,
    started_at: startedAt.toISOString(),
    ended_at: new Date().toISOString(),
    lines: tally.lines,
    not_reached: tally.notReached,
    kept_elsewhere: [],
  };
}

async function serverSettings(
  place: Place,
  { accountId }: Subject,
  { tally }: Inspection,
  { keys }: EraseCommandOptions,
): Promise<ServerSettings> {
  const aof = await onRedis(place, (redis) => redis.info('persistence')).catch(() => undefined);
  const settings = tally.lines.filter(({ what }) => what === 'keys' || what === 'limits');
  return {
    archiveMode: await readArchiveMode(place.shards.forAccount(accountId).pool),
    hasAof: aof?.includes('aof_enabled:1'),
    hasSettings: !keys && settings.some(({ count }) => count > 0),
  };
}

function print(receipt: Receipt, { json }: EraseCommandOptions): void {
  if (receipt.state === 'incomplete' || receipt.state === 'interrupted') process.exitCode = 1;
  if (receipt.state === 'inspected' && receipt.not_reached.length > 0) process.exitCode = 1;
  console.log(json ? JSON.stringify(receipt, null, 2) : formatReceipt(receipt));
}
