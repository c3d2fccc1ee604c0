import type pg from 'pg';
import type { Logger } from '../../platform/logger.ts';
import { PeriodicTask } from '../../platform/periodic-task.ts';
import { listAccountPolicies, type AccountPolicyRecord } from './account-policies.ts';

export interface PolicyWatchOptions<Policy> {
  directory: pg.Pool;
  /** What is kept of each account whose limits differ from the defaults. */
  read: (record: AccountPolicyRecord) => Policy;
  refreshEveryMs: number;
  logger: Logger;
}

/**
 * Knows the accounts whose limits differ from the defaults, as read last from PostgreSQL. While
 * PostgreSQL is unavailable the last ones stay in force.
 */
export class PolicyWatch<Policy> {
  private readonly options: PolicyWatchOptions<Policy>;
  private byAccount = new Map<string, Policy>();
  private readonly task: PeriodicTask;
  private isFailing = false;

  constructor(options: PolicyWatchOptions<Policy>) {
    this.options = options;
    this.task = new PeriodicTask(() => this.refresh(), options.refreshEveryMs);
  }

  /** Undefined for an account with the defaults. */
  of(accountId: string): Policy | undefined {
    return this.byAccount.get(accountId);
  }

  /** Reads once and then regularly; resolves after the first try, also when it failed. */
  async start(): Promise<void> {
    this.task.start();
    await this.task.now();
  }

  stop(): Promise<void> {
    return this.task.stop();
  }

  private async refresh(): Promise<void> {
    const { directory, read, logger } = this.options;
    try {
      const records = await listAccountPolicies(directory);
      this.byAccount = new Map(records.map((record) => [record.accountId, read(record)]));
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) logger.warn({ err: error }, 'account limits stay as last read');
      this.isFailing = true;
    }
  }
}
