import type pg from 'pg';

// One row in the directory database. PostgreSQL's clock decides: those of two pods may differ.
const claimStatement = `
INSERT INTO maintainer_lease AS l (id, holder, expires_at)
VALUES (1, $1, clock_timestamp() + $2 * interval '1 second')
ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
WHERE l.holder = excluded.holder OR l.expires_at < clock_timestamp()`;

const releaseStatement = 'DELETE FROM maintainer_lease WHERE holder = $1';

/**
 * Takes the lease, or renews it.
 *
 * @returns whether `holder` has it now; false while another one has it
 * @throws the error of PostgreSQL
 */
export async function claimLease(
  directory: pg.Pool,
  holder: string,
  seconds: number,
): Promise<boolean> {
  return (await directory.query(claimStatement, [holder, seconds])).rowCount === 1;
}

/** Gives the lease up, if `holder` has it: the next process need not wait for its end. */
export async function releaseLease(directory: pg.Pool, holder: string): Promise<void> {
  await directory.query(releaseStatement, [holder]);
}
