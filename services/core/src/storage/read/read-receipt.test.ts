import { expect, test } from '@jest/globals';
import { eventRow, rowsText } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { deadLetterEvent } from '../dead-letters/dead-letters.ts';
import { storeBatch } from '../write/event-store.ts';
import { readReceipt } from './read-receipt.ts';

const home = useTestStore();

const cause = { reason: 'data_error', sqlstate: '22001', message: 'too long', attempts: 1 };

test('a stored event has the times of its receipt and its storing', async () => {
  const row = eventRow();
  await storeBatch(home.shard, rowsText([row]));
  expect(await readReceipt(home.shard, row.account_id, row.event_id)).toEqual({
    account_id: row.account_id,
    event_id: row.event_id,
    status: 'stored',
    received_at: row.received_at,
    stored_at: expect.stringMatching(/^20.*Z$/),
  });
});

test('a dead event has the time and the reason of its death', async () => {
  const row = eventRow();
  await deadLetterEvent(home.pool, row, cause);
  expect(await readReceipt(home.shard, row.account_id, row.event_id)).toEqual({
    account_id: row.account_id,
    event_id: row.event_id,
    status: 'dead',
    received_at: row.received_at,
    dead_lettered_at: expect.stringMatching(/^20.*Z$/),
    reason: 'data_error',
  });
});

test('an event that died and was stored later counts as stored', async () => {
  const row = eventRow();
  await deadLetterEvent(home.pool, row, cause);
  await storeBatch(home.shard, rowsText([row]));
  expect(await readReceipt(home.shard, row.account_id, row.event_id)).toMatchObject({
    status: 'stored',
  });
});

test('an unknown event, and the same id of another account, have none', async () => {
  const row = eventRow();
  await storeBatch(home.shard, rowsText([row]));
  expect(await readReceipt(home.shard, row.account_id, 'unknown')).toBeUndefined();
  expect(await readReceipt(home.shard, 'other', row.event_id)).toBeUndefined();
});
