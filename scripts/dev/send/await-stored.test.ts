import { describe, expect, test } from '@jest/globals';
import { awaitStored, type AwaitSettings } from './await-stored.ts';
import type { AccountCounts } from './file-tally.ts';

const counts = (total: number): AccountCounts => ({
  total,
  by_type: total > 0 ? { t: total } : {},
  other_types: { types: 0, count: 0 },
  top_users: total > 0 ? [{ user_id: 'u', count: total }] : [],
});

function settings(changed: Partial<AwaitSettings>): AwaitSettings {
  return {
    ask: () => Promise.resolve(undefined),
    span: { fromMs: 10_000, toMs: 20_000 },
    isExact: false,
    maxWaitMs: 10_000,
    retryBudgetMs: 10_000,
    pollMs: 1,
    maxPollMs: 2,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...changed,
  };
}

describe('awaitStored', () => {
  test('it waits until every account is stored, and no cached window is asked twice', async () => {
    const sent = new Map([
      ['a', counts(3)],
      ['b', counts(1)],
    ]);
    const asked: string[] = [];
    const progress: number[] = [];
    const stored = { a: 0, b: 1 };
    const found = await awaitStored(
      sent,
      settings({
        ask: (accountId, { fromMs, toMs }) => {
          asked.push(`${accountId} ${fromMs}..${toMs}`);
          if (accountId === 'a') stored.a++;
          return Promise.resolve(counts(stored[accountId as 'a' | 'b']));
        },
        onProgress: (count) => progress.push(count),
      }),
    );
    expect([...found.values()].every(({ isGood }) => isGood)).toBe(true);
    expect(asked).toEqual(['a 10000..20000', 'b 10000..20000', 'a 9999..20000', 'a 9998..20000']);
    expect(progress).toEqual([2, 3, 4]);
  });

  test('a server that cannot answer right now is asked again', async () => {
    let round = 0;
    const ask = () => Promise.resolve(round++ < 3 ? undefined : counts(1));
    const found = await awaitStored(new Map([['a', counts(1)]]), settings({ ask }));
    expect(found.get('a')?.isGood).toBe(true);
  });

  test('waiting ends when time is over, or when nothing changes any more', async () => {
    const sent = new Map([['a', counts(2)]]);
    const ask = () => Promise.resolve(counts(1));
    for (const bound of [{ maxWaitMs: 20 }, { retryBudgetMs: 20 }]) {
      const found = await awaitStored(sent, settings({ ask, ...bound }));
      expect(found.get('a')).toMatchObject({ sent: 2, stored: 1, isGood: false });
    }
  });
});
