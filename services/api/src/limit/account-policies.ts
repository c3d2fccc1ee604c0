import type pg from 'pg';
import { listAccountPolicies } from '@event-platform/shared/database/account-policies';
import type { Logger } from '@event-platform/shared/platform/logger';

/** The limits in force for an account. */
export interface AccountPolicy {
  eventsPerMinute: number;
  maxPending: number;
  weight: number;
}

/** How often changed limits are read, in milliseconds. */
const refreshEveryMs = 5_000;

/**
 * Knows the limits of every account: those read last from PostgreSQL, else the defaults. While
 * PostgreSQL is away the last ones stay in force.
 */
export class AccountPolicies {
  private readonly directory: pg.Pool;
  private readonly defaults: AccountPolicy;
  private readonly logger: Logger;
  private byAccount = new Map<string, AccountPolicy>();
  private timer: NodeJS.Timeout | undefined;
  private refreshing: Promise<void> | undefined;
  private isFailing = false;

  constructor(directory: pg.Pool, defaults: AccountPolicy, logger: Logger) {
    this.directory = directory;
    this.defaults = defaults;
    this.logger = logger;
  }

  of(accountId: string): AccountPolicy {
    return this.byAccount.get(accountId) ?? this.defaults;
  }

  /** The class of an account by its share of the workers, as metrics name it. */
  classOf(accountId: string): 'standard' | 'raised' | 'lowered' {
    const { weight } = this.of(accountId);
    if (weight === this.defaults.weight) return 'standard';
    return weight > this.defaults.weight ? 'raised' : 'lowered';
  }

  /** Reads once and then regularly; resolves after the first try, also when it failed. */
  async start(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => {
      this.refreshing ??= this.refresh().finally(() => (this.refreshing = undefined));
    }, refreshEveryMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.refreshing;
  }

  private async refresh(): Promise<void> {
    try {
      const records = await listAccountPolicies(this.directory);
      this.byAccount = new Map(
        records.map((record) => [
          record.accountId,
          {
            eventsPerMinute: record.eventsPerMinute ?? this.defaults.eventsPerMinute,
            maxPending: record.maxPendingEvents ?? this.defaults.maxPending,
            weight: record.weight,
          },
        ]),
      );
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn({ err: error }, 'account limits stay as last read');
      this.isFailing = true;
    }
  }
}
