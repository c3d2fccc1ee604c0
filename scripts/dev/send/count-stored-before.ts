/** Totals per account. */
export type Totals = ReadonlyMap<string, number>;

/**
 * How many of the events that were sent the server had before: those that did not make its totals
 * grow. Others who send meanwhile may make them grow more than we did; that counts as growth by us
 * at most as far as we sent.
 *
 * @param sent distinct events per account
 * @param before what the server held in their span before the first was sent
 * @param after the same when all of them are stored
 */
export function countStoredBefore(sent: Totals, before: Totals, after: Totals): number {
  let count = 0;
  for (const [accountId, distinct] of sent) {
    const growth = (after.get(accountId) ?? 0) - (before.get(accountId) ?? 0);
    count += distinct - Math.min(distinct, Math.max(0, growth));
  }
  return count;
}
