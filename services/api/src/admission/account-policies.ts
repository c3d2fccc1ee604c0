import type pg from 'pg';
import {
  classOfWeight,
  type AccountClass,
} from '@event-platform/core/storage/accounts/account-class';
import { PolicyWatch } from '@event-platform/core/storage/accounts/policy-watch';
import type { Logger } from '@event-platform/core/platform/logger';

/** The limits in force for an account. */
export interface AccountPolicy {
  eventsPerMinute: number;
  maxPending: number;
  weight: number;
}

/** How often changed limits are read, in milliseconds. */
const refreshEveryMs = 5_000;

/** The limits of every account: those read last from PostgreSQL, else the defaults. */
export class AccountPolicies {
  private readonly defaults: AccountPolicy;
  private readonly watch: PolicyWatch<AccountPolicy>;

  constructor(directory: pg.Pool, defaults: AccountPolicy, logger: Logger) {
    this.defaults = defaults;
    this.watch = new PolicyWatch({
      directory,
      refreshEveryMs,
      logger,
      read: (record) => ({
        eventsPerMinute: record.eventsPerMinute ?? defaults.eventsPerMinute,
        maxPending: record.maxPendingEvents ?? defaults.maxPending,
        weight: record.weight,
      }),
    });
  }

  of(accountId: string): AccountPolicy {
    return this.watch.of(accountId) ?? this.defaults;
  }

  /** The class of an account by its share of the workers, as metrics name it. */
  classOf(accountId: string): AccountClass {
    return classOfWeight(this.of(accountId).weight);
  }

  /** Reads once and then regularly; resolves after the first try, also when it failed. */
  start(): Promise<void> {
    return this.watch.start();
  }

  stop(): Promise<void> {
    return this.watch.stop();
  }
}
