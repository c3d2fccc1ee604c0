import { storeBatch } from '@event-platform/core/storage/write/event-store';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { eventRows, rowsText } from '@event-platform/testkit/harness/sample-events';

/** Enough for several commands, each of which takes seconds to start on a machine that is busy. */
export const severalMs = 150_000;

/** Stores nine events: three of ada and two of eve in the account acme, four of an ada in another one. */
export async function storeThreeUsers(shard: Shard): Promise<void> {
  const rows = [
    ...eventRows(3, { user_id: 'ada' }),
    ...eventRows(2, { user_id: 'eve' }),
    ...eventRows(4, { account_id: 'other', user_id: 'ada' }),
  ];
  await storeBatch(shard, rowsText(rows));
}
