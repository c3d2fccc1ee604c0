import { CliError } from '@event-platform/cli/lib/cli-error';
import type { ReadClient } from './query-server.ts';
import { awaitSettled } from './await-settled.ts';
import { clockToleranceMs, retryBudgetMs } from './compare-with-server.ts';
import { countStoredBefore, type Totals } from './count-stored-before.ts';
import { fetchReceipt } from './fetch-receipt.ts';
import type { FileTally } from './file-tally.ts';
import { createTotalsReader } from './fresh-totals.ts';
import type { FileScan } from './scan-file.ts';

/** What one summary may span, less a minute for windows that start earlier. */
const maxSpanMs = (5 * 365 + 2) * 86_400_000 - 60_000;
/** How many events are asked for one by one. */
const sampleSize = 150;
const settleMs = 1_000;

/** What the server held, in the time that a file spans, before the file was sent. */
export interface StoredBefore {
  totals: Totals;
  /**
   * Counts which of the sent events it held already.
   *
   * @param maxWaitMs how long to wait for the last of them to be stored
   * @returns undefined when it cannot be known
   */
  count: (tally: FileTally, maxWaitMs: number) => Promise<number | undefined>;
}

/**
 * Asks what is stored before anything is sent.
 *
 * @returns undefined when it cannot be known: no timestamps, more than five years, a key that may not
 *   read, or a server that cannot say right now
 */
export async function fetchStoredBefore(
  client: ReadClient,
  { accounts, span }: Pick<FileScan, 'accounts' | 'span'>,
): Promise<StoredBefore | undefined> {
  if (!span || span.toMs - span.fromMs > maxSpanMs) return undefined;
  const startedAtMs = Date.now();
  const read = createTotalsReader(client, accounts, span);
  const before = await readIfAllowed(client, read);
  if (!before) return undefined;
  return {
    totals: before,
    async count(tally, maxWaitMs) {
      // Events that bear the server's clock would be counted as new ones of the file's own time.
      if (tally.untimed > 0 && span.toMs > startedAtMs - clockToleranceMs) return undefined;
      const timed = tally.timed();
      const after = await awaitSettled({
        read,
        isFull: (totals) => countStoredBefore(timed, before, totals) === 0,
        isSampleStored: createSampleCheck(client, tally.sample(sampleSize)),
        settleMs,
        maxWaitMs: Math.min(maxWaitMs, retryBudgetMs),
        signal: client.signal,
      });
      return after && countStoredBefore(timed, before, after);
    },
  };
}

async function readIfAllowed<T>(
  client: ReadClient,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    client.signal.throwIfAborted();
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

/** Asks for events in turn; those that are known not to wait any more are not asked for again. */
function createSampleCheck(
  client: ReadClient,
  sample: readonly { accountId: string; eventId: string }[],
): () => Promise<boolean> {
  const waiting = [...sample];
  return async () => {
    for (let next = waiting.at(-1); next; next = waiting.at(-1)) {
      const status = await fetchReceipt(client, next.accountId, next.eventId);
      if (status !== 'stored' && status !== 'dead') return false;
      waiting.pop();
    }
    return true;
  };
}
