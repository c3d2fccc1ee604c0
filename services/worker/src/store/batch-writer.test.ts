import { beforeEach, expect, test } from '@jest/globals';
import type { EventRow } from '@event-platform/core/event/columns';
import type { StoreOutcome } from '@event-platform/core/storage/write/event-store';
import { isolateAfter } from '@event-platform/core/storage/session/retry-policy';
import { createLogger } from '@event-platform/core/platform/logger';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  eventRow,
  eventRows,
  rowsText,
  storedEvents,
} from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { createBatchWriter } from './batch-writer.ts';

const home = useTestStore({ empty: 'events, event_counts, dead_letters' });
let outcomes: StoreOutcome[];
let tries: number;
beforeEach(() => {
  outcomes = [];
  tries = 0;
});

function write(rows: EventRow[]): Promise<void> {
  const writeBatch = createBatchWriter(home.shard, {
    logger: createLogger('test', 'silent'),
    giveUp: new AbortController().signal,
    onTry: () => {
      tries++;
    },
    onStored: ({ outcome }) => void outcomes.push(outcome),
  });
  return writeBatch([
    {
      shard: home.shard,
      rows: rowsText(rows),
      events: rows.length,
      bytes: rowsText(rows).length,
      minuteCounts: undefined,
      ledgerEntries: [],
    },
  ]);
}

test('one event that PostgreSQL fails over does not hold its batch for ever', async () => {
  await home.pool.query(`
    CREATE FUNCTION curse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
    CREATE TRIGGER curse BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.type = 'cursed')
      EXECUTE FUNCTION curse()`);
  const cursed = eventRow({ type: 'cursed' });
  await write([...eventRows(10), cursed]);
  await home.pool.query('DROP FUNCTION curse CASCADE');
  expect(outcomes).toMatchObject([{ dead: [{ eventId: cursed.event_id, sqlstate: 'P0001' }] }]);
  expect(await storedEvents(home.pool)).toHaveLength(10);
});

test('a table that is missing holds a batch beyond every suspicion; nothing is dead', async () => {
  await home.pool.query('ALTER TABLE events RENAME TO events_away');
  const writing = write(eventRows(10));
  // Each hold is a statement and a try.
  await eventually(() => tries > 2 * (isolateAfter + 1), { timeoutMs: 20_000 });
  await home.pool.query('ALTER TABLE events_away RENAME TO events');
  await writing;
  expect(outcomes).toMatchObject([{ dead: [] }]);
  expect(await storedEvents(home.pool)).toHaveLength(10);
});
