import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createStoreMetrics } from '@event-platform/core/storage/write/store-metrics';
import { createLogger } from '@event-platform/core/platform/logger';
import { eventRows, rowsText } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { createDirectStore } from './direct-store.ts';

const home = useTestStore({ empty: 'events' });

test('direct writes hold a bounded number of bytes, and what is beyond is refused at once', async () => {
  const rows = rowsText(eventRows(10));
  const batch = () => ({ accountId: 'acme', events: 10, rows, minute: 1 });
  const store = createDirectStore({
    shards: { forAccount: () => home.shard },
    metrics: createStoreMetrics(new Registry(), 1),
    logger: createLogger('test', 'silent'),
    writers: 1,
    queue: 100,
    maxCharacters: 2.5 * rows.length,
  });
  const holder = await home.pool.connect();
  await holder.query('BEGIN; LOCK TABLE events IN EXCLUSIVE MODE');
  const held = [store(batch()), store(batch())];
  expect(await store(batch())).toEqual({ outcome: 'unavailable' });
  await holder.query('COMMIT');
  holder.release();
  expect(await Promise.all(held)).toMatchObject([{ outcome: 'stored' }, { outcome: 'stored' }]);
  // What was written is no longer held, and one that is larger than all of it is still taken alone.
  const large = { ...batch(), events: 40, rows: rowsText(eventRows(40)) };
  expect(await store(large)).toMatchObject({ outcome: 'stored' });
});
