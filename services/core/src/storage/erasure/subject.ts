/** Whether a row of `events` is a subject's; $1 is its account, $2 its user or NULL. */
export const isTheirs = 'account_id = $1 AND ($2::text IS NULL OR user_id = $2)';

/** Whose data are meant: an account with all that is its own, or one user of it. */
export interface Subject {
  accountId: string;
  /** Absent: the whole account. */
  userId?: string | undefined;
}
