import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instantText, parseInstant } from '../../../event/instant.ts';
import { countNaively } from '@event-platform/testkit/harness/count-naively';
import { eventRows, rowsText } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { storeBatch } from '../../write/event-store.ts';
import { rollUpUsers } from './roll-up-users.ts';
import { inSnapshot } from '../../session/in-snapshot.ts';
import { readTopUsers } from './read-top-users.ts';
import { windowUs } from './windows.ts';

const home = useTestStore();

const base = parseInstant('2026-11-01T12:00:00Z') ?? 0n;
const users = ['a', 'B', 'b', 'é', '漢', '😀', '_', 'z'];

/** How many events each user has, by the order of `users`. */
const counts = (max: number) =>
  fc.array(fc.integer({ min: 0, max }), { minLength: users.length, maxLength: users.length });

function rowsOf(each: readonly number[], atUs: bigint) {
  const s = instantText(atUs);
  return each.flatMap((count, index) =>
    eventRows(count, { user_id: users[index] ?? '', timestamp: s }),
  );
}

test('the top users are right however few candidates are read: with many or few events beside the user roll-ups, with numbers or none', async () => {
  const few = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(counts(9), counts(5), few, few, async (rolledUp, beside, limit, more) => {
      await home.pool.query(
        'TRUNCATE events, event_counts, user_rollups, user_numbers, ledger, ledger_log, ledger_entries',
      );
      const rows = [...rowsOf(rolledUp, base), ...rowsOf(beside, base + windowUs)];
      if (rows.length > 0) await storeBatch(home.shard, rowsText(rows));
      await rollUpUsers(home.pool, 'acme', base);
      const window = [base, base + 2n * windowUs] as const;
      for (const most of [limit + more, 1_000]) {
        const found = await inSnapshot(home.pool, (session) =>
          readTopUsers(session, 'acme', window, limit, most),
        );
        expect(found.users).toEqual(
          countNaively(rows, window, { types: 1, users: limit }).top_users,
        );
      }
    }),
    { numRuns: 60 },
  );
});
