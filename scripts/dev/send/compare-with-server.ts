import { CliError } from '@event-platform/cli/lib/cli-error';
import type { ReadClient } from './query-server.ts';
import { awaitStored } from './await-stored.ts';
import type { Comparison } from './compare-counts.ts';
import { fetchSummary } from './fetch-summary.ts';
import type { AccountCounts, FileTally } from './file-tally.ts';
import { startProgress } from '@event-platform/cli/lib/progress';

/** Events without a timestamp bear the server's clock, which may differ a little from this one. */
export const clockToleranceMs = 60_000;

/** Workers scaled to none need this long to come back; after that, no progress is a problem. */
export const retryBudgetMs = 120_000;

export interface CompareOptions {
  client: ReadClient;
  tally: FileTally;
  /** When the sending began, epoch milliseconds. */
  startedAtMs: number;
  /** Replaces what was counted, and allows nothing beside it. */
  expected: Map<string, AccountCounts> | undefined;
  maxWaitMs: number;
}

/**
 * Waits until the server has stored what was accepted, and compares per account over the time that
 * the events span.
 *
 * @throws CliError when there is nothing that could be compared
 */
export async function compareWithServer(options: CompareOptions): Promise<Map<string, Comparison>> {
  const { client, tally, expected } = options;
  if (tally.untimed > 0) {
    tally.include(options.startedAtMs - clockToleranceMs);
    tally.include(Date.now() + clockToleranceMs);
  }
  const span = tally.span();
  if (!span) throw new CliError('Nothing was accepted, so there is nothing to compare.');
  const sent = expected ?? tally.counts();
  if (sent.has('')) {
    throw new CliError(
      'Lines without account_id cannot be compared: name their account with --account, or leave the comparison out with --no-verify.',
    );
  }
  const total = [...sent.values()].reduce((sum, counts) => sum + counts.total, 0);
  const progress = startProgress('stored', total);
  try {
    return await awaitStored(sent, {
      ask: (accountId, window) => fetchSummary(client, accountId, window),
      span,
      isExact: expected !== undefined,
      maxWaitMs: options.maxWaitMs,
      retryBudgetMs,
      pollMs: 250,
      maxPollMs: 3_000,
      onProgress: (stored) => progress.update(stored),
      signal: client.signal,
    });
  } finally {
    progress.stop();
  }
}
