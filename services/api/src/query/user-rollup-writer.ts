import { Counter, type Registry } from 'prom-client';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import {
  findWindowsToRollUp,
  worthwhileEvents,
} from '@event-platform/core/storage/read/summary/find-windows';
import { rollUpUsers } from '@event-platform/core/storage/read/summary/roll-up-users';
import type { Span } from '@event-platform/core/storage/read/summary/windows';
import type { Logger } from '@event-platform/core/platform/logger';
import { LruMap } from '@event-platform/core/platform/lru-map';

export interface UserRollUpWriterDependencies {
  registry: Registry;
  logger: Logger;
  /** Clock in epoch milliseconds. */
  now: () => number;
  /** A quarter with fewer events is not worth it. */
  leastEvents?: number;
}

interface Task {
  shard: Shard;
  accountId: string;
  window: Span;
}

/** After a quarter its last events may still be on their way. */
const settledAfterMs = 5 * 60_000;
/** An account with too many users stays so for long. */
const pollAgainAfterMs = 3_600_000;
const mostTasks = 1_000;

/**
 * Folds quarters of an hour of accounts for whose summary many rows had to be read, so that the next one need not.
 * One quarter at a time in this process; nobody waits for it, and what fails is tried at the next summary.
 */
export class UserRollUpWriter {
  private readonly dependencies: UserRollUpWriterDependencies;
  private readonly userRollUps: Counter;
  /** By account; the window of the last summary wins. */
  private readonly tasks = new Map<string, Task>();
  private readonly restUntilMs = new LruMap<string, number>(mostTasks);
  private working: Promise<void> | undefined;
  private isStopped = false;

  constructor(dependencies: UserRollUpWriterDependencies) {
    this.dependencies = dependencies;
    this.userRollUps = new Counter({
      name: 'summary_rollups_written_total',
      help: 'Quarters of an hour of an account whose users were counted once for all later summaries.',
      registers: [dependencies.registry],
    });
  }

  /** Takes note of a summary that was read, or not in time. */
  note(shard: Shard, accountId: string, window: Span, rowsRead: number): void {
    if (this.isStopped || rowsRead < this.leastEvents) return;
    if ((this.restUntilMs.get(accountId) ?? 0) > this.dependencies.now()) return;
    if (this.tasks.size >= mostTasks) return;
    this.tasks.set(accountId, { shard, accountId, window });
    this.begin();
  }

  /** Resolves when nothing is to be done; for tests. */
  async idle(): Promise<void> {
    while (this.working) await this.working;
  }

  /** Ends after the quarter that is being folded. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.working;
  }

  private get leastEvents(): number {
    return this.dependencies.leastEvents ?? worthwhileEvents;
  }

  private begin(): void {
    if (this.working !== undefined || this.tasks.size === 0) return;
    this.working = this.work().finally(() => {
      this.working = undefined;
      // What came just after the last look.
      this.begin();
    });
  }

  private async work(): Promise<void> {
    for (const [accountId, task] of this.tasks) {
      this.tasks.delete(accountId);
      if (this.isStopped) continue;
      await this.rollUp(task).catch((error: unknown) => {
        this.dependencies.logger.warn({ err: error, accountId }, 'a quarter was not folded');
      });
    }
  }

  private async rollUp({ shard, accountId, window: [fromUs, toUs] }: Task): Promise<void> {
    const settledUs = BigInt(this.dependencies.now() - settledAfterMs) * 1_000n;
    const endUs = toUs < settledUs ? toUs : settledUs;
    if (endUs <= fromUs) return;
    const windows = await findWindowsToRollUp(
      shard.pool,
      accountId,
      [fromUs, endUs],
      this.leastEvents,
    );
    for (const window of windows) {
      if (this.isStopped) return;
      const outcome = await rollUpUsers(shard.pool, accountId, window);
      if (outcome === 'written') this.userRollUps.inc();
      if (outcome === 'too many users') this.rest(accountId);
      if (outcome !== 'written') return;
    }
  }

  private rest(accountId: string): void {
    this.restUntilMs.set(accountId, this.dependencies.now() + pollAgainAfterMs);
  }
}
