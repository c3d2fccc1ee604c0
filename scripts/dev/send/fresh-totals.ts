import type { ReadClient } from './query-server.ts';
import { fetchSummary } from './fetch-summary.ts';
import type { Span } from './time-span.ts';

/** Far more answers than a minute of asking leaves in the server's cache. */
const maxShiftMs = 100;

/**
 * Makes a reader of how many events of each account are stored in a span at that very moment.
 * Summaries are cached by their window: a cached one is passed over by asking from a millisecond
 * earlier, and no reader asks for the same window twice.
 *
 * @returns totals per account; undefined when the server cannot say right now. The reader throws
 *   CliError as `fetchSummary` does.
 */
export function createTotalsReader(
  client: ReadClient,
  accounts: ReadonlySet<string>,
  span: Span,
): () => Promise<Map<string, number> | undefined> {
  const shifts = new Map<string, number>();

  async function readTotal(accountId: string): Promise<number | undefined> {
    for (let shiftMs = (shifts.get(accountId) ?? 0) + 1; shiftMs <= maxShiftMs; shiftMs++) {
      shifts.set(accountId, shiftMs);
      const window = { fromMs: Math.max(0, span.fromMs - shiftMs), toMs: span.toMs };
      const summary = await fetchSummary(client, accountId, window);
      if (!summary || summary.cache === 'stale') return undefined;
      if (summary.cache === 'miss') return summary.total;
    }
    return undefined;
  }

  return async () => {
    const totals = new Map<string, number>();
    for (const accountId of accounts) {
      const total = await readTotal(accountId);
      if (total === undefined) return undefined;
      totals.set(accountId, total);
    }
    return totals;
  };
}
