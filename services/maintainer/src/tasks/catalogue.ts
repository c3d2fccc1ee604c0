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
  user_rollups: {
    does: 'makes user roll-ups of 15-minute windows with 5,000 events or more, of the last day and of all history; at most 30 s a run',
    everyMs: 60_000,
    lock: 'user roll-ups of the account (advisory lock of the transaction)',
    without: 'summaries of large windows read rows and take longer',
  },
  dead_letters: {
    does: 'stores the events of failed jobs after all, or moves them to the dead letters; at most 100 jobs a run',
    everyMs: 5_000,
    lock: 'none: storing an event and writing a dead letter are idempotent, and the job is removed last',
    without: 'failed jobs wait in the queue; receipts of their events say `queued`',
  },
  expired_rows: {
    does: 'deletes expired rows of the ledger and of the status page',
    everyMs: 3_600_000,
    lock: 'none: deleting twice does nothing',
    without: 'tables grow',
  },
} as const satisfies Record<string, TaskDescription>;

export type TaskName = keyof typeof taskCatalogue;
