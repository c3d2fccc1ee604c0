/** Whose data are meant: an account with all that is its own, or one user of it. */
export interface Subject {
  accountId: string;
  /** Absent: the whole account. */
  userId?: string | undefined;
}
