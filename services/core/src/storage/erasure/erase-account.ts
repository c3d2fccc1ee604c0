import type pg from 'pg';

/** Rows of an account beside its events. */
export interface AccountRows {
  keys: number;
  limits: number;
}

/** Erases keys and limits of an account. Every api process refuses the keys within ten seconds. */
export async function eraseSettings(directory: pg.Pool, accountId: string): Promise<AccountRows> {
  const keys = await directory.query('DELETE FROM api_keys WHERE account_id = $1', [accountId]);
  const limits = await directory.query('DELETE FROM account_policies WHERE account_id = $1', [
    accountId,
  ]);
  return { keys: keys.rowCount ?? 0, limits: limits.rowCount ?? 0 };
}

/**
 * Erases the minutes of an account that the ledger is done with. Those that are open may still get
 * counts from an api process; they close by themselves within minutes, and are then kept as long as any.
 *
 * @returns how many were erased, and how many are open
 */
export async function eraseLedger(
  pool: pg.Pool,
  accountId: string,
): Promise<{ erased: number; open: number }> {
  const { rowCount } = await pool.query(
    'DELETE FROM ledger WHERE account_id = $1 AND closed_at IS NOT NULL',
    [accountId],
  );
  const { rows } = await pool.query<{ open: number }>(
    'SELECT count(*) AS open FROM ledger WHERE account_id = $1',
    [accountId],
  );
  return { erased: rowCount ?? 0, open: rows[0]?.open ?? 0 };
}
