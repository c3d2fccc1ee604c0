import {
  problemSchema,
  summaryLists,
  summarySchema,
  type Summary,
} from '@event-platform/core/event/results';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { queryServer, type ReadClient } from './query-server.ts';
import { topUsers, type AccountCounts } from './file-tally.ts';
import type { Span } from './time-span.ts';

/** `cache` says whether it was computed now. */
export type AccountSummary = AccountCounts & Pick<Summary, 'cache'>;

/**
 * Asks the server for the counts of one account in [fromMs, toMs), epoch milliseconds.
 *
 * @returns undefined when it cannot say right now: it is down, overloaded or too slow
 * @throws CliError when the key may not read the account, or what answers is no summary
 */
export async function fetchSummary(
  client: ReadClient,
  accountId: string,
  span: Span,
): Promise<AccountSummary | undefined> {
  const query = new URLSearchParams({
    from: new Date(span.fromMs).toISOString(),
    to: new Date(span.toMs).toISOString(),
    limit: String(topUsers),
    types: String(summaryLists.types.most),
  });
  const path = `/accounts/${encodeURIComponent(accountId)}/summary?${query.toString()}`;
  const answer = await queryServer(client, path);
  if (answer === undefined || answer.status === 429 || answer.status >= 500) return undefined;
  if ([401, 403, 404].includes(answer.status)) {
    throw new CliError(
      `The server does not let this key read account ${accountId} (${answer.status}): give a key with the scope read that reaches it, or leave the comparison out with --no-verify.`,
    );
  }
  const summary = summarySchema.safeParse(answer.body);
  if (answer.status !== 200 || !summary.success) {
    const detail = problemSchema.safeParse(answer.body).data?.detail;
    throw new CliError(
      detail === undefined
        ? `GET ${path} was answered with ${answer.status} and no summary: check that --url is an event platform of this version.`
        : `The server gives no summary over the time of these events (${detail}): leave the comparison out with --no-verify.`,
    );
  }
  const { total, by_type, other_types, top_users, cache } = summary.data;
  return {
    total,
    by_type: Object.fromEntries(by_type.map(({ type, count }) => [type, count])),
    other_types,
    top_users,
    cache,
  };
}
