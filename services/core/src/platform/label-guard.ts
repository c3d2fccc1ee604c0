/**
 * Keeps a metric label from growing without bound: the first `max` values keep their names, all
 * later ones become `other`. An attacker who invents accounts cannot fill the metrics store.
 */
export function createLabelGuard(max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return 'other';
    known.add(value);
    return value;
  };
}

/** Labels of one series of events. */
interface Pair extends Record<string, string> {
  account_id: string;
  type: string;
}

const other: Pair = { account_id: 'other', type: 'other' };

/** Name, punctuation and value of a series in the text of /metrics, in bytes. */
const bytesBesideLabels = 80;

/**
 * The same for two labels whose combinations are the series: each label keeps its first `max`
 * values, and all series together stay below `maxBytes` in the text of /metrics, however long the
 * names are. The same pair always gets the same object back.
 */
export function createPairGuard(
  max: number,
  maxBytes: number,
): (accountId: string, type: string) => Pair {
  const guardAccount = createLabelGuard(max);
  const guardType = createLabelGuard(max);
  const known = new Map<string, Pair>();
  let bytes = 0;
  return (accountId, type) => {
    const pair = { account_id: guardAccount(accountId), type: guardType(type) };
    const name = JSON.stringify(pair);
    const seen = known.get(name);
    if (seen) return seen;
    const pairBytes = Buffer.byteLength(name) + bytesBesideLabels;
    if (bytes + pairBytes > maxBytes) return other;
    bytes += pairBytes;
    known.set(name, pair);
    return pair;
  };
}
