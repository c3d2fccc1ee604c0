import type { TypeCount } from '../../event/count.ts';
import type { RowsPart } from '../../event/row-slices.ts';
import type { SettledEntry } from '../ledger/ledger-entries.ts';

/** Events that came together, such as those of a job: all of accounts on one shard. */
export interface Batch extends RowsPart {
  events: number;
  /** All of its rows by account, minute and type; undefined where the api could not count them. */
  minuteCounts: readonly TypeCount[] | undefined;
  /** What the ledger settles with these rows; none for jobs that no ledger counts. */
  ledgerEntries: readonly SettledEntry[];
}
