import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import type { TextQueue } from '@event-platform/core/queue/text-job';
import { within } from '@event-platform/core/platform/within';
import { readQueue, type QueueReading } from './queue-reading.ts';

export interface SystemWatchDependencies {
  /** A client that fails at once while Redis is down. */
  redis: Redis;
  queue: Pick<TextQueue, 'toKey'>;
  keys: Pick<QueueKeys, 'pending'>;
  databases: readonly { name: string; pool: Pick<pg.Pool, 'query'> }[];
  /** Clock in epoch milliseconds. */
  now: () => number;
}

const pollEveryMs = 2_000;
/** Who does not answer a look within this counts as down. */
const answerWithinMs = 1_500;
/** A queue whose head stays the same for this long is not being worked on. */
const stalledAfterMs = 5_000;

/**
 * Looks at Redis, the queue and every database over and over, so that others can ask what was seen
 * last without asking the servers: the status page, metrics, the backlog gate. A look that hangs is
 * not repeated before it has ended.
 */
export class SystemWatch {
  /** The queue as last seen; undefined while Redis does not answer. */
  queue: QueueReading | undefined;
  /** Whether each database answered the last look; absent before the first. */
  readonly databases = new Map<string, boolean>();
  private readonly dependencies: SystemWatchDependencies;
  private readonly asked = new Set<string>();
  private headSinceMs = 0;
  private readonly task = new PeriodicTask(() => this.probe(), pollEveryMs);

  constructor(dependencies: SystemWatchDependencies) {
    this.dependencies = dependencies;
  }

  /** Whether Redis answered the last look, and is still connected. One that hangs is as good as none. */
  get isRedisUp(): boolean {
    return this.isRedisConnected && this.queue !== undefined;
  }

  /**
   * How long an event waits now until it is stored, in seconds, as a sender without a backlog finds it:
   * the job next in turn, or the one longest in a worker's hands. Undefined without Redis.
   */
  get delaySeconds(): number | undefined {
    return this.queue && Math.max(this.queue.headAgeSeconds, this.queue.heldSeconds);
  }

  /** Whether every database answered the last look. */
  get areDatabasesUp(): boolean {
    return [...this.databases.values()].every(Boolean);
  }

  /** How long jobs have waited without any of them being taken, in seconds; 0 when none waits. */
  get stalledSeconds(): number {
    if (this.queue?.head === undefined) return 0;
    return Math.max(0, this.dependencies.now() - this.headSinceMs) / 1_000;
  }

  /** True while jobs wait and none has been taken for a while. */
  isQueueStalled(): boolean {
    return this.stalledSeconds * 1_000 >= stalledAfterMs;
  }

  /** Looks once and then regularly; resolves after the first look. */
  async start(): Promise<void> {
    // Redis may connect in this moment, or come back in any other.
    this.dependencies.redis.on('ready', this.retryRead);
    await this.probe();
    this.task.start();
  }

  async stop(): Promise<void> {
    this.dependencies.redis.off('ready', this.retryRead);
    await this.task.stop();
  }

  private get isRedisConnected(): boolean {
    return this.dependencies.redis.status === 'ready';
  }

  private readonly retryRead = (): void => void this.task.now();

  private async probe(): Promise<void> {
    const { databases } = this.dependencies;
    await Promise.all([this.probeQueue(), ...databases.map((one) => this.probeDatabase(one))]);
  }

  private async probeQueue(): Promise<void> {
    const { redis, queue, keys, now } = this.dependencies;
    const seen = this.isRedisConnected
      ? await within(answerWithinMs, readQueue(redis, queue, keys, now())).catch(() => undefined)
      : undefined;
    if (seen?.head === undefined || seen.head !== this.queue?.head) this.headSinceMs = now();
    this.queue = seen;
  }

  private async probeDatabase({
    name,
    pool,
  }: Pick<Shard, 'name'> & { pool: Pick<pg.Pool, 'query'> }) {
    if (this.asked.has(name)) return;
    this.asked.add(name);
    const answer = pool.query('SELECT 1').finally(() => this.asked.delete(name));
    const isUp = await within(answerWithinMs, answer).then(
      () => true,
      () => false,
    );
    this.databases.set(name, isUp);
  }
}
