import type { Count } from '../../event/count.ts';

/**
 * A query for what stuck jobs hold, as (account_id, minute, events): in the queue for sure, however
 * old the minute is.
 *
 * @param parameter placeholder of `heldParameter`
 */
export function heldCounts(parameter: string): string {
  return `SELECT a AS account_id, to_timestamp(m * 60) AS minute, sum(n) AS events
  FROM jsonb_to_recordset(${parameter}::jsonb) AS x(a text, m bigint, n bigint) GROUP BY 1, 2`;
}

/** Counts as the JSON that `heldCounts` reads. */
export function heldParameter(held: readonly Count[]): string {
  return JSON.stringify(held.map(({ accountId: a, minute: m, events: n }) => ({ a, m, n })));
}
