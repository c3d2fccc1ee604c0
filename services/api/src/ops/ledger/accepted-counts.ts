import { writeSourceCounts } from '@event-platform/core/storage/ledger/ledger-sources';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import type { Logger } from '@event-platform/core/platform/logger';
import type { SourceCount } from '@event-platform/core/event/count';

/** How often counts go to PostgreSQL, in milliseconds: what a crash of api and Redis at once may hide. */
const flushEveryMs = 1_000;

/** After this many minutes a count that was written does not change any more. */
const finalAfterMinutes = 2;

/** About 40 MB. Beyond it, with very many accounts or PostgreSQL down for long, only Redis has the counts. */
const mostCounts = 200_000;

interface MinuteCount extends SourceCount {
  isWritten: boolean;
}

/**
 * This process's own count of what it handed to the queue, written to PostgreSQL every second: the
 * source that survives a loss of Redis. The counts are whole, so writing them again after an error
 * changes nothing. While PostgreSQL is down they stay in memory, the newest `maxCounts` of them: of older
 * ones only the other source has counts, which is Redis.
 */
export class AcceptedCounts {
  private readonly shards: Pick<ShardMap, 'forAccount'>;
  private readonly logger: Logger;
  /** Clock in epoch milliseconds. */
  private readonly now: () => number;
  private readonly minuteCounts = new Map<string, MinuteCount>();
  private readonly task = new PeriodicTask(() => this.flush(), flushEveryMs);
  private isFailing = false;

  private readonly maxCounts: number;
  private isOverfull = false;

  constructor(
    shards: Pick<ShardMap, 'forAccount'>,
    logger: Logger,
    now: () => number,
    maxCounts = mostCounts,
  ) {
    this.maxCounts = maxCounts;
    this.shards = shards;
    this.logger = logger;
    this.now = now;
  }

  /** Counts what Redis has taken. */
  add(counts: readonly SourceCount[]): void {
    for (const count of counts) {
      const name = `${count.minute}:${count.accountId}`;
      const minuteCount = this.minuteCounts.get(name);
      if (minuteCount) {
        minuteCount.events += count.events;
        minuteCount.isWritten = false;
      } else this.minuteCounts.set(name, { ...count, isWritten: false });
    }
    this.dropSurplus();
  }

  private dropSurplus(): void {
    // The edge of it is enough for the log, and a flush that made room ends it.
    const isOverfull = this.minuteCounts.size > this.maxCounts;
    if (isOverfull && !this.isOverfull) {
      this.logger.warn(
        { minuteCounts: this.minuteCounts.size },
        'old counts of accepted events are dropped',
      );
    }
    if (isOverfull) this.isOverfull = true;
    else if (this.minuteCounts.size < this.maxCounts / 2) this.isOverfull = false;
    for (const name of this.minuteCounts.keys()) {
      if (this.minuteCounts.size <= this.maxCounts) return;
      this.minuteCounts.delete(name);
    }
  }

  start(): void {
    this.task.start();
  }

  /** Writes the last counts. */
  async stop(): Promise<void> {
    await this.task.stop();
    await this.flush();
  }

  /** Writes what has changed; what fails is tried again the next time. */
  async flush(): Promise<void> {
    const byShard = Map.groupBy(
      [...this.minuteCounts.values()].filter((minuteCount) => !minuteCount.isWritten),
      (minuteCount) => this.shards.forAccount(minuteCount.accountId),
    );
    const written = await Promise.all(
      [...byShard].map(([shard, minuteCounts]) => this.write(shard, minuteCounts)),
    );
    if (this.isFailing && written.every(Boolean))
      this.logger.info('counts of accepted events are written again');
    this.isFailing = written.includes(false);
    const finalBefore = Math.floor(this.now() / 60_000) - finalAfterMinutes;
    for (const [name, minuteCount] of this.minuteCounts) {
      if (minuteCount.isWritten && minuteCount.minute < finalBefore) this.minuteCounts.delete(name);
    }
  }

  private async write({ name, pool }: Shard, minuteCounts: MinuteCount[]): Promise<boolean> {
    const counts = minuteCounts.map((minuteCount) => ({ ...minuteCount }));
    try {
      await writeSourceCounts(pool, 'counted', counts);
    } catch (error) {
      if (!this.isFailing) {
        this.logger.warn(
          { err: error, shard: name },
          'counts of accepted events are kept for later',
        );
      }
      return false;
    }
    minuteCounts.forEach((minuteCount, index) => {
      // More may have been accepted meanwhile.
      minuteCount.isWritten = minuteCount.events === counts[index]?.events;
    });
    return true;
  }
}
