import { createHash } from 'node:crypto';
import type pg from 'pg';

/** What PostgreSQL holds of an account, beside what was sent. */
export interface CheckResult {
  account: string;
  sent: number;
  stored: number;
  /** Sum of the roll-ups: another number than `stored` would be counted twice or not at all. */
  counted: number;
  dead: number;
  /** Whether the very ids that were sent are stored, no other and none less. */
  sameIds: boolean;
}

const question = `
SELECT
  (SELECT count(*)::int FROM events WHERE account_id = $1) AS stored,
  (SELECT coalesce(sum(count), 0)::int FROM event_counts WHERE account_id = $1) AS counted,
  (SELECT count(*)::int FROM dead_letters WHERE account_id = $1) AS dead,
  (SELECT md5(coalesce(string_agg(event_id, ',' ORDER BY event_id COLLATE "C"), ''))
     FROM events WHERE account_id = $1) AS ids`;

/** Compares what was sent with what is stored, account by account. */
export async function verify(
  pool: pg.Pool,
  sent: ReadonlyMap<string, readonly string[]>,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [account, ids] of sent) {
    const { rows } = await pool.query<Omit<CheckResult, 'account' | 'sent'> & { ids: string }>(
      question,
      [account],
    );
    const [row] = rows;
    if (!row) throw new Error('PostgreSQL gave no answer');
    const { stored, counted, dead } = row;
    // The default order of strings compares UTF-16 units; ids of tests are ASCII, where bytes agree.
    const digest = createHash('md5')
      .update([...ids].sort().join(','))
      .digest('hex');
    results.push({
      account,
      sent: ids.length,
      stored,
      counted,
      dead,
      sameIds: digest === row.ids,
    });
  }
  return results;
}

/** What each tally must be. */
export function storedOnce(results: readonly CheckResult[]): CheckResult[] {
  return results.map(({ account, sent }) => ({
    account,
    sent,
    stored: sent,
    counted: sent,
    dead: 0,
    sameIds: true,
  }));
}

/** How many events of a tally are lost, and how many are stored or counted more than once. */
export function amiss({ sent, stored, counted, sameIds }: CheckResult): {
  lost: number;
  doubled: number;
} {
  // The right number of the wrong ids: at least one of those sent is not there.
  const lost = Math.max(0, sent - stored) || (sameIds ? 0 : 1);
  return { lost, doubled: Math.max(0, stored - sent) + Math.max(0, counted - stored) };
}
