import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { storeBatch } from '@event-platform/core/storage/write/event-store';
import { applyLog } from '@event-platform/core/storage/ledger/ledger-audit';
import { eventually } from '../harness/eventually.ts';
import { eventRows, rowsText } from '../harness/sample-events.ts';
import { useTestStore } from '../harness/use-test-store.ts';
import { readLedgerAtRest } from './read-ledger.ts';

const home = useTestStore({ max: 4 });

const minute = Date.parse('2026-11-01T12:00:00Z') / 60_000;

test('a direct write that is only logged yet is waited for, though the ledger balances without it', async () => {
  const ledgerEntry = {
    id: randomUUID(),
    minute,
    accounts: [['acme', 3]] as const,
    isDirect: true,
  };
  await storeBatch(home.shard, rowsText(eventRows(3)), { attempts: 1, backoffMs: 1 }, [
    ledgerEntry,
  ]);
  expect(await readLedgerAtRest([home.shard], ['acme'], 0)).toEqual([]);
  let queries = 0;
  home.pool.on('acquire', () => queries++);
  const reading = readLedgerAtRest([home.shard], ['acme'], 60_000);
  // It has asked for the log and for the lines.
  await eventually(() => queries >= 2);
  await applyLog(home.pool);
  expect(await reading).toMatchObject([{ accountId: 'acme', accepted: 3, stored: 3 }]);
});

test('what is logged of others is not waited for', async () => {
  const ledgerEntry = {
    id: randomUUID(),
    minute,
    accounts: [['other', 3]] as const,
    isDirect: true,
  };
  const rows = eventRows(3, { account_id: 'other' });
  await storeBatch(home.shard, rowsText(rows), { attempts: 1, backoffMs: 1 }, [ledgerEntry]);
  const lines = await readLedgerAtRest([home.shard], ['acme'], 3_600_000);
  expect(lines.map(({ accountId }) => accountId)).not.toContain('other');
});
