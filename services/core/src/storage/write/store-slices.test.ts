import { expect, test } from '@jest/globals';
import type { EventRow } from '../../event/columns.ts';
import { PackedRows, packRows } from '../../event/packed-rows.ts';
import {
  eventRow,
  rollUps,
  rowsText,
  storedEvents,
} from '@event-platform/testkit/harness/sample-events';
import {
  ledgerTables,
  line,
  ledgerEntryOf,
  SampleLedger,
} from '@event-platform/testkit/harness/sample-ledger';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { storeBatch } from './event-store.ts';

const home = useTestStore({ empty: ledgerTables });
const ledger = new SampleLedger(home);

/** Events of which fifteen or so are one statement. */
const largeRows = (count: number, changes: Partial<EventRow> = {}) =>
  Array.from({ length: count }, (_, index) =>
    eventRow({ metadata: { index, filler: 'x'.repeat(64_000) }, ...changes }),
  );
const partOf = (rows: EventRow[]) => ({
  rows: new PackedRows(packRows(Buffer.from(rowsText(rows)))),
  events: rows.length,
});

test('a batch of large events is stored in several statements, each bounded in bytes', async () => {
  const rows = largeRows(60);
  const ledgerEntries = [ledgerEntryOf(rows)];
  await ledger.accept(ledgerEntries);
  const outcome = await storeBatch(home.shard, [partOf(rows)], undefined, ledgerEntries);
  expect(outcome.statements).toBe(4);
  expect(outcome.stored.reduce((sum, { events }) => sum + events, 0)).toBe(60);
  expect(await ledger.read()).toEqual([line('acme', { accepted: 60, stored: 60 })]);
});

test('a crash between two statements leaves what the next delivery makes whole: events, roll-ups and ledger', async () => {
  const rows = largeRows(60);
  const ledgerEntries = [ledgerEntryOf(rows)];
  await ledger.accept(ledgerEntries);
  let statements = 0;
  const dying = storeBatch(
    home.shard,
    [partOf(rows)],
    {
      attempts: 1,
      backoffMs: 1,
      onStatement: () => {
        if (++statements === 3) throw new Error('killed');
      },
    },
    ledgerEntries,
  );
  await expect(dying).rejects.toThrow();
  const half = (await storedEvents(home.pool)).length;
  expect(half).toBeGreaterThan(0);
  expect(half).toBeLessThan(60);
  await storeBatch(home.shard, [partOf(rows)], undefined, ledgerEntries);
  await storeBatch(home.shard, [partOf(rows)], undefined, ledgerEntries);
  expect(await storedEvents(home.pool)).toHaveLength(60);
  const { kept, counted } = await rollUps(home.pool);
  expect(kept).toEqual(counted);
  expect(await ledger.read()).toEqual([line('acme', { accepted: 60, stored: 60 })]);
});

test('poison in one of several statements dies alone', async () => {
  const rows = largeRows(40);
  const poison = eventRow({ type: 't'.repeat(60) });
  const outcome = await storeBatch(home.shard, [partOf([...rows, poison, ...largeRows(3)])]);
  expect(outcome.dead).toMatchObject([{ eventId: poison.event_id }]);
  expect(await storedEvents(home.pool)).toHaveLength(43);
});
