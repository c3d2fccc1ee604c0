import { canHoldTypes, isSameTypes } from './compare-types.ts';
import type { AccountCounts } from './file-tally.ts';

/** `more`: the server has what was sent, and other events beside it. */
export type Agreement = 'yes' | 'more' | 'no';

export interface Comparison {
  sent: number;
  stored: number;
  types: Agreement;
  users: Agreement;
  /** Nothing that was sent is missing. */
  isGood: boolean;
}

/**
 * Holds what was sent to one account against the server's summary.
 *
 * @param isExact true allows no other events in the span. False lets the server have more: then
 *   every type and every top user must have at least what was sent.
 */
export function compareCounts(
  sent: AccountCounts,
  stored: AccountCounts,
  isExact: boolean,
): Comparison {
  const allowsMore = !isExact && stored.total > sent.total;
  const types = agreement(isSameTypes(sent, stored), allowsMore && canHoldTypes(sent, stored));
  const users = agreement(
    isSameUsers(sent, stored),
    allowsMore && sent.top_users.every((user) => canHold(stored, user)),
  );
  const isTotalGood = stored.total === sent.total || allowsMore;
  return {
    sent: sent.total,
    stored: stored.total,
    types,
    users,
    isGood: isTotalGood && types !== 'no' && users !== 'no',
  };
}

function agreement(isSame: boolean, isMore: boolean): Agreement {
  if (isSame) return 'yes';
  return isMore ? 'more' : 'no';
}

/** Order counts: it is part of the contract. */
function isSameUsers(a: AccountCounts, b: AccountCounts): boolean {
  return (
    a.top_users.length === b.top_users.length &&
    a.top_users.every((user, rank) => {
      const other = b.top_users[rank];
      return user.user_id === other?.user_id && user.count === other.count;
    })
  );
}

/** A user who fell out of the stored list was overtaken by others, each at least as large. */
function canHold(stored: AccountCounts, user: { user_id: string; count: number }): boolean {
  const found = stored.top_users.find(({ user_id }) => user_id === user.user_id);
  if (found) return found.count >= user.count;
  const last = stored.top_users.at(-1);
  return last !== undefined && last.count >= user.count;
}
