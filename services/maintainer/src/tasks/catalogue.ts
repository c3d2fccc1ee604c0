/** What the documents say of a task that runs by itself. */
export interface TaskDescription {
  does: string;
  everyMs: number;
  /** The lock that keeps two runs apart. */
  lock: string;
  /** What happens while no process runs it. */
  without: string;
}

/** The tasks of the maintainer, by the name that metrics and logs give them. */
export const taskCatalogue = {
  ledger: {
    does: 'reconciles the ledger of each shard, and deletes from Redis the counts that PostgreSQL has',
    everyMs: 10_000,
    lock: 'ledger of the shard (advisory lock of the transaction)',
    without:
      'alerts on lost events come later, `LedgerBlind` fires after 5 minutes; `ep ledger` still reconciles; `ledger_log` and the counts in Redis grow',
  },
  expired_rows: {
    does: 'deletes expired rows of the ledger',
    everyMs: 3_600_000,
    lock: 'none: deleting twice does nothing',
    without: 'tables grow',
  },
} as const satisfies Record<string, TaskDescription>;

export type TaskName = keyof typeof taskCatalogue;
