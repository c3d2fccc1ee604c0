import { timeout, TimeoutStrategy } from 'cockatiel';
import type { Redis } from 'ioredis';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import type { Audit } from '@event-platform/core/storage/ledger/ledger-audit';
import { readLedgerRun, type LedgerRun } from '@event-platform/core/storage/ledger/ledger-runs';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import { deleteAccepted } from '@event-platform/core/queue/accepted-counters';
import type { TextQueue } from '@event-platform/core/queue/text-job';
import { LedgerRetention } from './ledger-retention.ts';
import { reconcileShard } from './reconcile-shard.ts';
import { createRedisViewer, finalAfterMs, type RedisView } from './redis-view.ts';

export interface LedgerReconcilerDependencies {
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

/** What a shard's last round found, as far as this process knows. */
interface KnownRun extends Audit {
  /** When a round last saw this shard and the queue; undefined before the first such round. */
  wholeAtMs: number | undefined;
}

const runEveryMs = 10_000;
/** A little less, so that a process does not skip its own next round. */
const runIsDueAfterMs = 0.9 * runEveryMs;
/** A shard that does not answer a look within this hangs, and gets no round. */
const answerWithinMs = 1_500;
const minuteMs = 60_000;

/**
 * Keeps the ledger of every shard: one api process does a round, and all others read what it found.
 * A shard that is away, or that hangs, keeps none of the others waiting.
 */
export class LedgerReconciler {
  private readonly dependencies: LedgerReconcilerDependencies;
  private readonly viewRedis: () => Promise<RedisView>;
  private readonly task = new PeriodicTask(() => this.runIfDue(), runEveryMs);
  private readonly inTime = timeout(answerWithinMs, TimeoutStrategy.Aggressive);
  private readonly retention: LedgerRetention;
  private readonly startedAtMs: number;
  /** By shard. */
  private readonly known = new Map<string, KnownRun>();
  private readonly failing = new Set<string>();
  /** Rounds that somebody asked for, by their shards, until they end. */
  private readonly asked = new Map<string, Promise<RedisView | undefined>>();
  private isBlind = false;

  constructor(dependencies: LedgerReconcilerDependencies) {
    this.dependencies = dependencies;
    this.viewRedis = createRedisViewer(dependencies);
    this.retention = new LedgerRetention(dependencies);
    this.startedAtMs = dependencies.now();
  }

  /** What the last rounds of all shards found together; undefined before the first one. */
  get state(): Audit | undefined {
    return this.known.size === 0 ? undefined : sumUp([...this.known.values()]);
  }

  /** When a round last saw each shard and the queue; before the first one, when this was made. */
  get auditedAtMs(): { shard: string; atMs: number }[] {
    return this.dependencies.shards.all.map(({ name }) => ({
      shard: name,
      atMs: this.known.get(name)?.wholeAtMs ?? this.startedAtMs,
    }));
  }

  start(): void {
    this.task.start();
  }

  stop(): Promise<void> {
    return this.task.stop();
  }

  /** Looks whether a round is due, and does it. Failures are told in the log. */
  run(): Promise<void> {
    return this.task.now();
  }

  /**
   * Does a round on some shards now, when it is our turn; whoever asks for the same meanwhile shares it.
   *
   * @returns what Redis said; undefined when it did not
   * @throws the error of the first shard that failed
   */
  reconcile(shards: readonly Shard[]): Promise<RedisView | undefined> {
    const name = JSON.stringify(shards.map((shard) => shard.name));
    const underWay = this.asked.get(name);
    if (underWay) return underWay;
    const round = this.runOnShards(shards).finally(() => this.asked.delete(name));
    this.asked.set(name, round);
    return round;
  }

  private async runOnShards(shards: readonly Shard[]): Promise<RedisView | undefined> {
    const view = await this.tryToViewRedis();
    await Promise.all(shards.map((shard) => this.runOnShard(shard, view, undefined)));
    return view;
  }

  private async runIfDue(): Promise<void> {
    const { shards } = this.dependencies;
    const last = await Promise.all(
      shards.all.map((shard) => this.tolerate(shard, () => this.readLast(shard))),
    );
    // All of them at once: a minute may go from Redis only when every shard has taken it over.
    const isDue = last.some((round) => round && round.ageMs >= runIsDueAfterMs);
    if (!isDue) return;
    const view = await this.tryToViewRedis();
    const done = await Promise.all(
      shards.all.map(async (shard, index) => {
        const round = last[index];
        return round && this.tolerate(shard, () => this.runOnShard(shard, view, round.serial));
      }),
    );
    if (view && done.every(Boolean)) await this.deleteMinutes(view);
    await this.retention.removeIfDue();
  }

  /** Reads what the last round found, whoever did it. Before the first one it was endlessly long ago. */
  private async readLast(shard: Shard): Promise<{ serial: number; ageMs: number }> {
    const answer = readLedgerRun(shard.pool);
    // It may fail long after nobody waits for it.
    answer.catch(() => undefined);
    const round = await this.inTime.execute(() => answer);
    if (round) this.learn(shard, round);
    return round ?? { serial: 0, ageMs: Infinity };
  }

  private async runOnShard(
    shard: Shard,
    view: RedisView | undefined,
    unlessAfter: number | undefined,
  ): Promise<boolean> {
    const { shards, now } = this.dependencies;
    const round = await reconcileShard(shard, { shards, view, unlessAfter, nowMs: now() });
    if (round) this.learn(shard, round);
    return round !== undefined;
  }

  private learn({ name }: Shard, { wholeAgeMs, ...audit }: LedgerRun): void {
    const wholeAtMs = wholeAgeMs === null ? undefined : this.dependencies.now() - wholeAgeMs;
    this.known.set(name, { ...audit, wholeAtMs });
  }

  /** Undefined when the shard fails, which is told in the log when it begins and when it is over. */
  private async tolerate<T>({ name }: Shard, work: () => Promise<T>): Promise<T | undefined> {
    const { logger } = this.dependencies;
    try {
      const result = await work();
      if (this.failing.delete(name)) logger.info({ shard: name }, 'the ledger is audited again');
      return result;
    } catch (error) {
      if (!this.failing.has(name)) {
        logger.warn({ err: error, shard: name }, 'the ledger of a shard cannot be audited');
      }
      this.failing.add(name);
      return undefined;
    }
  }

  private async tryToViewRedis(): Promise<RedisView | undefined> {
    const { logger } = this.dependencies;
    try {
      const view = await this.viewRedis();
      if (this.isBlind) logger.info('the ledger sees the queue again');
      this.isBlind = false;
      return view;
    } catch (error) {
      if (!this.isBlind) logger.warn({ err: error }, 'the ledger cannot look into the queue');
      this.isBlind = true;
      return undefined;
    }
  }

  /** Removes from Redis the minutes that are over, and that PostgreSQL has. */
  private async deleteMinutes({ minutes }: RedisView): Promise<void> {
    const { redis, keys, now } = this.dependencies;
    const ripe = minutes.filter((minute) => (minute + 1) * minuteMs < now() - finalAfterMs);
    for (const minute of ripe) await deleteAccepted(redis, keys, minute).catch(() => undefined);
  }
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
