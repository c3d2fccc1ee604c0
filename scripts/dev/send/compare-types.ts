import type { AccountCounts } from './file-tally.ts';

/**
 * Whether two accounts have the same counts by type. The server lists those with most events; of the rest only
 * their number and sum are known.
 */
export function isSameTypes(sent: AccountCounts, stored: AccountCounts): boolean {
  const rest = restOf(sent, stored);
  return (
    rest.types === stored.other_types.types &&
    rest.count === stored.other_types.count &&
    Object.keys(stored.by_type).every((type) => countOf(sent, type) === countOf(stored, type))
  );
}

/** Whether the server may have everything that was sent, and more. */
export function canHoldTypes(sent: AccountCounts, stored: AccountCounts): boolean {
  const rest = restOf(sent, stored);
  return (
    rest.types <= stored.other_types.types &&
    rest.count <= stored.other_types.count &&
    Object.keys(stored.by_type).every((type) => countOf(stored, type) >= countOf(sent, type))
  );
}

/** The types that were sent and are not listed. */
function restOf(sent: AccountCounts, stored: AccountCounts): AccountCounts['other_types'] {
  const counts = Object.entries(sent.by_type)
    .filter(([type]) => !Object.hasOwn(stored.by_type, type))
    .map(([, count]) => count);
  return { types: counts.length, count: counts.reduce((sum, count) => sum + count, 0) };
}

/** A name of a type may be anything, `__proto__` and `toString` included. */
function countOf({ by_type }: AccountCounts, type: string): number {
  return Object.hasOwn(by_type, type) ? (by_type[type] ?? 0) : 0;
}
