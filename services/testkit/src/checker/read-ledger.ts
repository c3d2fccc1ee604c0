import { setTimeout as sleep } from 'node:timers/promises';
import { readLedger, type LedgerLine } from '@event-platform/core/storage/ledger/ledger-report';
import type { Shard } from '@event-platform/core/storage/placement/shards';

/** What the ledger says of one account, over all of its time. */
export type LedgerAccount = Omit<LedgerLine, 'minute'>;

/** The maintainer applies sources and log every ten seconds; a failed run waits for the next one. */
export const ledgerRestMs = 30_000;

const pollEveryMs = 500;
const [always, forGood] = [new Date(0), new Date('9999-01-01T00:00:00Z')];

/**
 * Reads the ledger once the queue is at rest. It is reconciled meanwhile, so it is read again while
 * something does not balance or is only logged. A direct write is accepted and settled by the same entry of
 * the log: before that is applied, the ledger balances without it.
 *
 * @param accounts only theirs; undefined: all
 * @param timeoutMs after which it is as it is
 */
export async function readLedgerAtRest(
  shards: readonly Shard[],
  accounts: readonly string[] | undefined,
  timeoutMs: number,
): Promise<LedgerAccount[]> {
  const deadline = performance.now() + timeoutMs;
  const wanted = accounts && new Set(accounts);
  for (;;) {
    // Read before the lines, which then include everything that was logged so far.
    const isAllApplied = await isApplied(shards, accounts);
    const lines = await readAll(shards);
    const found = wanted ? lines.filter(({ accountId }) => wanted.has(accountId)) : lines;
    const isAtRest = isAllApplied && found.every(isBalanced);
    if (isAtRest || performance.now() > deadline) return found;
    await sleep(pollEveryMs);
  }
}

/** Accepted = stored + duplicates + dead, and nothing is pending, missing or in excess. */
export function isBalanced(line: LedgerAccount): boolean {
  const { accepted, stored, duplicates, dead, pending, missing, excess } = line;
  return accepted === stored + duplicates + dead && pending + missing + excess === 0;
}

const unappliedStatement = `
SELECT EXISTS (
  SELECT FROM ledger_log AS g
  WHERE $1::text[] IS NULL
    OR EXISTS (SELECT FROM jsonb_array_elements(g.settled) AS l, jsonb_array_elements(l.value -> 2) AS a
               WHERE a.value ->> 0 = ANY ($1))
    OR EXISTS (SELECT FROM jsonb_array_elements(g.stored) AS s WHERE s.value ->> 0 = ANY ($1))
) AS unapplied`;

/** True when no entry of the log that concerns these accounts waits. */
async function isApplied(
  shards: readonly Shard[],
  accounts: readonly string[] | undefined,
): Promise<boolean> {
  const answers = await Promise.all(
    shards.map(({ pool }) =>
      pool.query<{ unapplied: boolean }>(unappliedStatement, [accounts ?? null]),
    ),
  );
  return answers.every(({ rows }) => rows[0]?.unapplied === false);
}

/** With the queue empty, all that is due is missing, and all that is beyond it is in excess. */
async function readAll(shards: readonly Shard[]): Promise<LedgerLine[]> {
  const query = {
    ...{ accountId: undefined, from: always, to: forGood },
    ...{ lostBefore: forGood, finalBefore: forGood, held: [] },
  };
  return (await Promise.all(shards.map(({ pool }) => readLedger(pool, query)))).flat();
}
