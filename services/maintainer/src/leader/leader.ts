import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Logger } from '@event-platform/core/platform/logger';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import { within } from '@event-platform/core/platform/within';
import { claimLease, releaseLease } from './lease-row.ts';

export interface LeaderOptions {
  directory: pg.Pool;
  logger: Logger;
  /** Called each time that this process begins to lead. */
  onLead: () => void;
  leaseSeconds?: number;
  renewEveryMs?: number;
}

/** Longer than a renewal that hangs: 12 s, and the pause before the next one. */
const defaultLeaseSeconds = 30;
const defaultRenewEveryMs = 5_000;
const stopWithinMs = 2_000;

/**
 * Elects one of several maintainers by a lease in the directory database. A process leads from the claim
 * that succeeds until one that finds another holder. While the directory does not answer, a leader goes on:
 * otherwise that one database would stop the tasks on every shard. Two leaders are possible then, and
 * harmless, as each task takes the lock of what it changes (docs/adr/0033-maintainer.md).
 */
export class Leader {
  private readonly options: LeaderOptions;
  private readonly holder = randomUUID();
  private readonly task: PeriodicTask;
  private isLeading = false;
  private isFailing = false;

  constructor(options: LeaderOptions) {
    this.options = options;
    this.task = new PeriodicTask(() => this.claim(), options.renewEveryMs ?? defaultRenewEveryMs);
  }

  get leads(): boolean {
    return this.isLeading;
  }

  /** Claims the lease now, and from now on. */
  start(): void {
    this.task.start();
    void this.task.now();
  }

  /** Stops leading, and lets another process lead at once. */
  async stop(): Promise<void> {
    // With PostgreSQL down it may hang.
    const stopped = this.task.stop().then(() => this.release());
    await within(stopWithinMs, stopped).catch(() => undefined);
    this.isLeading = false;
  }

  private async release(): Promise<void> {
    const { directory, logger } = this.options;
    await releaseLease(directory, this.holder).catch((error: unknown) => {
      logger.warn({ err: error }, 'the lease was not released; it expires');
    });
  }

  private async claim(): Promise<void> {
    const { directory, logger, leaseSeconds = defaultLeaseSeconds, onLead } = this.options;
    try {
      const leads = await claimLease(directory, this.holder, leaseSeconds);
      if (this.isFailing) logger.info('the lease can be claimed again');
      this.isFailing = false;
      if (leads === this.isLeading) return;
      this.isLeading = leads;
      logger.info(leads ? 'this process leads' : 'another process leads');
      if (leads) onLead();
    } catch (error) {
      if (!this.isFailing) logger.warn({ err: error }, 'the lease cannot be claimed');
      this.isFailing = true;
    }
  }
}
