import type { Redis } from 'ioredis';
import type { QueueKeys } from '@event-platform/shared/contracts/queue';
import { inTransaction } from '@event-platform/shared/database/in-transaction';
import {
  audit,
  closeBalanced,
  foldLog,
  foldWitnesses,
  forgetLedger,
  lockLedger,
  type Audit,
} from '@event-platform/shared/database/ledger-audit';
import type { HeldCount } from '@event-platform/shared/database/ledger-held';
import { writeWitness } from '@event-platform/shared/database/ledger-witnesses';
import type { Shard, ShardMap } from '@event-platform/shared/database/shards';
import type { Logger } from '@event-platform/shared/platform/logger';
import {
  acceptedMinutes,
  forgetAccepted,
  readAccepted,
  type AcceptedCount,
} from '@event-platform/shared/queue/accepted-notes';
import { createOldestJobFinder, type OldestJobs } from '@event-platform/shared/queue/oldest-job';
import type { TextQueue } from '@event-platform/shared/queue/text-job';

export interface LedgerKeeperDependencies {
  shards: ShardMap;
  /** A client that fails at once while Redis is away. */
  redis: Redis;
  queue: Pick<TextQueue, 'toKey'>;
  keys: Pick<QueueKeys, 'accepted' | 'acceptedMinutes'>;
  logger: Logger;
  /** How long closed cells are kept. */
  retentionDays: number;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** The ledger as a whole, as of an audit. */
export interface LedgerState extends Audit {
  /**
   * Minutes before this are not in the queue any more, but for what stuck jobs hold; undefined while
   * Redis does not answer.
   */
  closedBeforeMs: number | undefined;
  held: readonly HeldCount[];
}

/** What Redis says, read before PostgreSQL: whatever is settled later only lowers what is due. */
interface RedisView {
  minutes: number[];
  counts: AcceptedCount[];
  closedBeforeMs: number;
  held: HeldCount[];
}

const roundEveryMs = 10_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** A minute is over for good this long after its end: no request takes longer. */
export const ripeAfterMs = 2 * minuteMs;
/** A job is added at most this long after its events were received. */
const slackMs = 30_000;

/**
 * Keeps the ledger: takes over what Redis counted, folds the log of the batches into cells, closes
 * what balances, and looks at the rest. One api process at a time does so for a shard; a crash at
 * any point repeats a round, which changes nothing.
 */
export class LedgerKeeper {
  /** As of the last audit of every shard. */
  state: LedgerState | undefined;
  /** When an audit last saw every shard and the queue too; before the first one, when this was made. */
  auditedWholeAtMs: number;
  private readonly dependencies: LedgerKeeperDependencies;
  private readonly findOldestJobs: () => Promise<OldestJobs>;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private forgotAtMs = 0;
  private isFailing = false;
  private isBlind = false;

  constructor(dependencies: LedgerKeeperDependencies) {
    const { redis, queue, now } = dependencies;
    this.dependencies = dependencies;
    this.auditedWholeAtMs = now();
    this.findOldestJobs = createOldestJobFinder(redis, queue, now);
  }

  start(): void {
    this.timer = setInterval(() => void this.keep().catch(() => undefined), roundEveryMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round?.catch(() => undefined);
  }

  /**
   * Does one round; whoever asks during a round waits for it.
   *
   * @throws the error of PostgreSQL; the state is that of the last audit then
   */
  keep(): Promise<void> {
    return (this.round ??= this.keepAll().finally(() => (this.round = undefined)));
  }

  private async keepAll(): Promise<void> {
    const { shards, redis, keys, logger, now } = this.dependencies;
    try {
      const view = await this.tryToLookIntoRedis();
      const audits: Audit[] = [];
      for (const shard of shards.all) audits.push(await this.keepShard(shard, view));
      const { closedBeforeMs, held = [] } = view ?? {};
      this.state = { ...sumUp(audits), closedBeforeMs, held };
      if (view) this.auditedWholeAtMs = now();
      for (const minute of view?.minutes ?? []) {
        if (this.isRipe(minute)) await forgetAccepted(redis, keys, minute).catch(() => undefined);
      }
      await this.forget();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) logger.warn({ err: error }, 'the ledger cannot be audited');
      this.isFailing = true;
      throw error;
    }
  }

  private isRipe(minute: number): boolean {
    return (minute + 1) * minuteMs < this.dependencies.now() - ripeAfterMs;
  }

  /** Undefined when Redis does not say: the rest of the ledger goes on without it. */
  private async tryToLookIntoRedis(): Promise<RedisView | undefined> {
    const { logger } = this.dependencies;
    try {
      const view = await this.lookIntoRedis();
      if (this.isBlind) logger.info('the ledger sees the queue again');
      this.isBlind = false;
      return view;
    } catch (error) {
      if (!this.isBlind) logger.warn({ err: error }, 'the ledger cannot look into the queue');
      this.isBlind = true;
      return undefined;
    }
  }

  private async lookIntoRedis(): Promise<RedisView> {
    const { redis, keys, now } = this.dependencies;
    const { stuck, oldestAddedAtMs = Infinity } = await this.findOldestJobs();
    const minutes = await acceptedMinutes(redis, keys);
    const counts: AcceptedCount[] = [];
    for (const minute of minutes) counts.push(...(await readAccepted(redis, keys, minute)));
    const closedBeforeMs = Math.min(oldestAddedAtMs - slackMs, now() - ripeAfterMs);
    return { minutes, counts, closedBeforeMs, held: countHeld(stuck) };
  }

  private async keepShard(shard: Shard, view: RedisView | undefined): Promise<Audit> {
    const { shards, now } = this.dependencies;
    const nowMs = now();
    const ripeBefore = minuteBefore(nowMs - ripeAfterMs);
    const isHere = ({ accountId }: { accountId: string }) => shards.forAccount(accountId) === shard;
    return inTransaction(shard.pool, async (session) => {
      // Waits for its turn: two at once would take over the same minute twice.
      await lockLedger(session);
      await foldLog(session);
      if (view) {
        await writeWitness(session, 'queued', view.counts.filter(isHere));
        await foldWitnesses(session, ripeBefore, view.minutes);
      }
      await closeBalanced(session, ripeBefore);
      const lostBefore = view ? minuteBefore(view.closedBeforeMs) : new Date(0);
      const held = view?.held.filter(isHere) ?? [];
      return audit(session, lostBefore, ripeBefore, new Date(nowMs - dayMs), held);
    });
  }

  /** Once an hour; what fails is tried again an hour later. */
  private async forget(): Promise<void> {
    const { shards, retentionDays, logger, now } = this.dependencies;
    if (now() - this.forgotAtMs < hourMs) return;
    this.forgotAtMs = now();
    const before = {
      cells: new Date(now() - retentionDays * dayMs),
      lots: new Date(now() - dayMs),
      folded: new Date(now() - dayMs),
    };
    for (const { name, pool } of shards.all) {
      await forgetLedger(pool, before).catch((error: unknown) => {
        logger.warn({ err: error, shard: name }, 'old minutes of the ledger were not removed');
      });
    }
  }
}

/** The start of the first minute that is not wholly before an instant. */
export function minuteBefore(instantMs: number): Date {
  return new Date(Math.floor(instantMs / minuteMs) * minuteMs);
}

function countHeld(stuck: OldestJobs['stuck']): HeldCount[] {
  return stuck.flatMap(({ lot, accounts }) =>
    lot ? accounts.map(([accountId, events]) => ({ accountId, minute: lot.minute, events })) : [],
  );
}

function sumUp(audits: readonly Audit[]): Audit {
  const sum = (pick: (one: Audit) => number) => audits.reduce((all, one) => all + pick(one), 0);
  const oldest = audits.flatMap(({ oldestPending }) => oldestPending?.getTime() ?? []);
  return {
    missing: sum((one) => one.missing),
    excess: sum((one) => one.excess),
    pending: sum((one) => one.pending),
    oldestPending: oldest.length > 0 ? new Date(Math.min(...oldest)) : null,
  };
}
