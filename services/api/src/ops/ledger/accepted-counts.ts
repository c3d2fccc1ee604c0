import { setTimeout as sleep } from 'node:timers/promises';
import { writeWitness } from '@event-platform/core/storage/ledger/ledger-witnesses';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';
import type { AcceptedCount } from '@event-platform/core/queue/accepted-notes';

/** How often counts go to PostgreSQL, in milliseconds: what a crash of api and Redis at once may hide. */
const flushEveryMs = 1_000;

/** After this many minutes a cell that was written down does not change any more. */
const ripeAfterMinutes = 2;

/** About 40 MB. More than that many accounts in some minutes, or PostgreSQL away for long, is Redis' to tell. */
const mostCells = 200_000;

interface Cell extends AcceptedCount {
  isWritten: boolean;
}

/**
 * This process's own count of what it handed to the queue, written to PostgreSQL every second: the
 * witness that survives a loss of Redis. The counts are whole, so writing them again after an error
 * changes nothing. While PostgreSQL is away they stay in memory, the newest `mostCells` of them: of older
 * ones only the other witness tells, which is Redis.
 */
export class AcceptedCounts {
  private readonly shards: Pick<ShardMap, 'forAccount'>;
  private readonly logger: Logger;
  /** Clock in epoch milliseconds. */
  private readonly now: () => number;
  private readonly cells = new Map<string, Cell>();
  private readonly stopped = new AbortController();
  private rounds: Promise<void> = Promise.resolve();
  private isFailing = false;

  private readonly maxCells: number;
  private isOverfull = false;

  constructor(
    shards: Pick<ShardMap, 'forAccount'>,
    logger: Logger,
    now: () => number,
    maxCells = mostCells,
  ) {
    this.maxCells = maxCells;
    this.shards = shards;
    this.logger = logger;
    this.now = now;
  }

  /** Counts what Redis has taken. */
  add(counts: readonly AcceptedCount[]): void {
    for (const count of counts) {
      const name = `${count.minute}:${count.accountId}`;
      const cell = this.cells.get(name);
      if (cell) {
        cell.events += count.events;
        cell.isWritten = false;
      } else this.cells.set(name, { ...count, isWritten: false });
    }
    this.dropSurplus();
  }

  private dropSurplus(): void {
    // The edge of it is enough for the log, and a flush that made room ends it.
    const isOverfull = this.cells.size > this.maxCells;
    if (isOverfull && !this.isOverfull) {
      this.logger.warn({ cells: this.cells.size }, 'old counts of accepted events are dropped');
    }
    if (isOverfull) this.isOverfull = true;
    else if (this.cells.size < this.maxCells / 2) this.isOverfull = false;
    for (const name of this.cells.keys()) {
      if (this.cells.size <= this.maxCells) return;
      this.cells.delete(name);
    }
  }

  start(): void {
    this.rounds = this.run();
  }

  /** Writes the last counts. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.rounds;
    await this.flush();
  }

  /** Writes what has changed; what fails is tried again the next time. */
  async flush(): Promise<void> {
    const byShard = Map.groupBy(
      [...this.cells.values()].filter((cell) => !cell.isWritten),
      (cell) => this.shards.forAccount(cell.accountId),
    );
    const written = await Promise.all(
      [...byShard].map(([shard, cells]) => this.write(shard, cells)),
    );
    if (this.isFailing && written.every(Boolean))
      this.logger.info('counts of accepted events are written again');
    this.isFailing = written.includes(false);
    const ripeBefore = Math.floor(this.now() / 60_000) - ripeAfterMinutes;
    for (const [name, cell] of this.cells) {
      if (cell.isWritten && cell.minute < ripeBefore) this.cells.delete(name);
    }
  }

  private async write({ name, pool }: Shard, cells: Cell[]): Promise<boolean> {
    const counts = cells.map((cell) => ({ ...cell }));
    try {
      await writeWitness(pool, 'counted', counts);
    } catch (error) {
      if (!this.isFailing) {
        this.logger.warn(
          { err: error, shard: name },
          'counts of accepted events are kept for later',
        );
      }
      return false;
    }
    cells.forEach((cell, index) => {
      // More may have been accepted meanwhile.
      cell.isWritten = cell.events === counts[index]?.events;
    });
    return true;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.flush();
      await sleep(flushEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
