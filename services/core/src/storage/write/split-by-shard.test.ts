import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeJob } from '../../event/job.ts';
import type { EventRow } from '../../event/columns.ts';
import { parseRows } from '../../event/row-lines.ts';
import { createShardMap } from '../placement/shards.ts';
import { eventRow, jobText, testShard } from '@event-platform/testkit/harness/sample-events';
import { splitByShard } from './split-by-shard.ts';

const mapOf = (...names: string[]) =>
  createShardMap(
    {
      shards: Object.fromEntries(names.map((name) => [name, `postgres://${name}/db`])),
      accounts: {},
    },
    `postgres://${names[0] ?? ''}/db`,
    (url) => testShard(url).pool,
  );
const one = mapOf('s0');
const three = mapOf('s0', 's1', 's2');
afterAll(() => Promise.all([one.close(), three.close()]));

const account = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom('a', 'b', 'constructor'),
);
const job = fc
  .array(account, { maxLength: 20 })
  .map((accounts) => decodeJob(jobText(accounts.map((a) => eventRow({ account_id: a })))));

describe('the parts of a job', () => {
  test('on one shard are the job itself, its rows untouched', () => {
    fc.assert(
      fc.property(job, (whole) => {
        const parts = splitByShard(whole, one);
        const events = parseRows(whole.rows).length;
        const ledgerEntries = [{ ...whole.ledgerEntry, accounts: whole.accounts, isDirect: false }];
        const minuteCounts = whole.minuteCounts?.map(([account, minute, type, count]) => ({
          accountId: whole.accounts[account]?.[0],
          minute,
          type,
          events: count,
        }));
        const { rows, bytes } = whole;
        const part = { shard: one.all[0], events, bytes, rows, minuteCounts, ledgerEntries };
        expect(parts).toEqual(events > 0 ? [part] : []);
      }),
    );
  });

  test('hold every event once, each on the shard of its account', () => {
    fc.assert(
      fc.property(job, (whole) => {
        const parts = splitByShard(whole, three);
        const rows = parts.flatMap((part) => parseRows(part.rows));
        const byId = (a: EventRow, b: EventRow) => (a.event_id < b.event_id ? -1 : 1);
        expect(rows.sort(byId)).toEqual(parseRows(whole.rows).sort(byId));
        for (const part of parts) {
          const own = parseRows(part.rows);
          expect(part.events).toBe(own.length);
          // What the ledger settles is what the part holds, account by account.
          const counted = Map.groupBy(own, (row) => row.account_id);
          const ledgerEntry = { ...whole.ledgerEntry, isDirect: false };
          const accounts = whole.accounts.filter(([accountId]) => counted.has(accountId));
          expect(part.ledgerEntries).toEqual([{ ...ledgerEntry, accounts }]);
          const minuteCounts = Map.groupBy(
            part.minuteCounts ?? [],
            (minuteCount) => minuteCount.accountId,
          );
          expect(new Set(minuteCounts.keys())).toEqual(new Set(counted.keys()));
          for (const [accountId, events] of accounts) {
            expect(
              minuteCounts
                .get(accountId)
                ?.reduce((sum, minuteCount) => sum + minuteCount.events, 0),
            ).toBe(events);
            expect(counted.get(accountId)).toHaveLength(events);
          }
          for (const row of own) expect(three.forAccount(row.account_id)).toBe(part.shard);
        }
        expect(new Set(parts.map((part) => part.shard)).size).toBe(parts.length);
      }),
    );
  });
});
