import { formatCount, formatTable } from '@event-platform/cli/lib/table';
import type { Agreement, Comparison } from './compare-counts.ts';
import type { Totals } from './count-stored-before.ts';

const words: Record<Agreement, string> = { yes: 'yes', more: 'yes, and others', no: 'NO' };

/**
 * The table of what was sent and what is stored, and one sentence that sums it up.
 *
 * @param before what was stored before the file was sent; undefined when that is not known
 */
export function formatComparison(
  found: ReadonlyMap<string, Comparison>,
  before: Totals | undefined,
): string {
  const header = [
    'account',
    'sent distinct',
    'stored by server',
    'types equal',
    'users equal',
    'stored before',
    'others',
  ];
  const rows = [...found].map(([account, { sent, stored, types, users }]) => [
    account,
    sent,
    stored,
    words[types],
    words[users],
    before?.get(account) ?? 'unknown',
    stored > sent ? `${formatCount(stored - sent)} more in this span` : '',
  ]);
  return `${formatTable(header, rows)}\n\n${result(found)}`;
}

function result(found: ReadonlyMap<string, Comparison>): string {
  const bad = [...found.values()].filter(({ isGood }) => !isGood);
  const sent = [...found.values()].reduce((sum, comparison) => sum + comparison.sent, 0);
  const accounts = `${formatCount(found.size)} account${found.size === 1 ? '' : 's'}`;
  if (bad.length === 0) {
    return `All ${formatCount(sent)} events of ${accounts} are stored; types and top users agree.`;
  }
  const missing = bad.reduce((sum, { sent: n, stored }) => sum + Math.max(0, n - stored), 0);
  const advice =
    missing > 0
      ? `${formatCount(missing)} events are not stored yet: check that a worker runs, then \`ep dead list\``
      : 'the counts do not fit: something else was stored in this span';
  return `${formatCount(bad.length)} of ${accounts} differ; ${advice}.`;
}
