import { setTimeout as sleep } from 'node:timers/promises';
import { compareCounts, type Comparison } from './compare-counts.ts';
import type { AccountCounts } from './file-tally.ts';
import type { Span } from './time-span.ts';

export interface AwaitSettings {
  /** Asks the server; undefined when it cannot say right now. */
  ask: (accountId: string, span: Span) => Promise<AccountCounts | undefined>;
  span: Span;
  isExact: boolean;
  /** The longest that is waited in all. */
  maxWaitMs: number;
  /** Given up earlier when nothing at all has changed for this long. */
  retryBudgetMs: number;
  /** Pause between rounds: the first and the longest. */
  pollMs: number;
  maxPollMs: number;
  /** Called after each round with how many of the sent events are stored. */
  onProgress: (stored: number) => void;
  signal: AbortSignal;
}

/**
 * Asks for the summary of each account until all of them hold what was sent, or waiting is over.
 * An account that is good is not asked again. Summaries are cached by their window for up to a
 * minute, so every round asks for a window that starts a millisecond earlier: a key of its own.
 *
 * @returns the last comparison of each account, in the order of `sent`
 */
export async function awaitStored(
  sent: ReadonlyMap<string, AccountCounts>,
  settings: AwaitSettings,
): Promise<Map<string, Comparison>> {
  const other_types = { types: 0, count: 0 };
  const nothing = { total: 0, by_type: {}, other_types, top_users: [] };
  const { isExact, span, signal } = settings;
  const found = new Map(
    [...sent].map(([name, counts]) => [name, compareCounts(counts, nothing, isExact)]),
  );
  const deadline = performance.now() + settings.maxWaitMs;
  let changedAtMs = performance.now();
  let pauseMs = settings.pollMs;
  for (let round = 0; ; round++) {
    const window = { fromMs: Math.max(0, span.fromMs - round), toMs: span.toMs };
    for (const [name, counts] of sent) {
      const before = found.get(name);
      if (before?.isGood && round > 0) continue;
      const stored = await settings.ask(name, window);
      if (!stored) continue;
      if (stored.total !== before?.stored) changedAtMs = performance.now();
      found.set(name, compareCounts(counts, stored, isExact));
    }
    const all = [...found.values()];
    settings.onProgress(all.reduce((sum, { sent: n, stored }) => sum + Math.min(n, stored), 0));
    const isOver =
      performance.now() + pauseMs > deadline ||
      performance.now() - changedAtMs > settings.retryBudgetMs;
    if (isOver || all.every(({ isGood }) => isGood)) return found;
    await sleep(pauseMs, undefined, { signal });
    pauseMs = Math.min(pauseMs * 1.5, settings.maxPollMs);
  }
}
