import type { Ledger, LedgerCounts } from '@event-platform/core/storage/ledger/ledger';
import { formatTable } from '../lib/table.ts';

const columns = [
  'accepted',
  'stored',
  'duplicates',
  'dead',
  'pending',
  'missing',
  'excess',
] as const;

const numbers = (counts: LedgerCounts) => columns.map((column) => counts[column]);

/** The ledger as a table, in the order of the api: what does not balance first; the totals last. */
export function formatLedger(ledger: Ledger): string {
  const head = `Received ${ledger.from} – ${ledger.to}, as of ${ledger.as_of}`;
  const tail = [
    ledger.truncated ? `Only the first ${ledger.rows.length} rows; the totals hold all.` : '',
    ledger.closed_before === null
      ? 'Redis does not answer: what is pending may be in the queue or lost.'
      : '',
  ].filter(Boolean);
  if (ledger.rows.length === 0) return [head, 'Nothing was received.', ...tail].join('\n');
  const isByMinute = ledger.rows.some(({ minute }) => minute !== undefined);
  const rows = ledger.rows.map((row) => [
    isByMinute ? (row.minute ?? '') : row.account_id,
    row.state,
    ...numbers(row),
  ]);
  const table = formatTable(
    [isByMinute ? 'minute' : 'account', 'state', ...columns],
    [...rows, ['in all', ledger.state, ...numbers(ledger.totals)]],
  );
  return [head, '', table, ...tail].join('\n');
}
