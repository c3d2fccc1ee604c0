import { problemSchema, summarySchema } from '@event-platform/shared/contracts/results';
import { CliError } from '../lib/cli-error.ts';
import { fetchApi, networkTrouble, type ClientSettings } from './event-client.ts';
import { topUsers, type AccountCounts } from './file-tally.ts';

/**
 * Asks the server for the counts of one account in [fromMs, toMs), epoch milliseconds.
 *
 * @returns undefined when it cannot say right now: it is away, overloaded or too slow
 * @throws CliError when the key may not read the account, or what answers is no summary
 */
export async function fetchSummary(
  client: Pick<ClientSettings, 'url' | 'apiKey' | 'signal'>,
  accountId: string,
  span: { fromMs: number; toMs: number },
): Promise<AccountCounts | undefined> {
  const query = new URLSearchParams({
    from: new Date(span.fromMs).toISOString(),
    to: new Date(span.toMs).toISOString(),
    limit: String(topUsers),
  });
  const path = `/accounts/${encodeURIComponent(accountId)}/summary?${query.toString()}`;
  const answer = await ask(client, path);
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
  const { total, by_type, top_users } = summary.data;
  return {
    total,
    by_type: Object.fromEntries(by_type.map(({ type, count }) => [type, count])),
    top_users,
  };
}

async function ask(
  client: Pick<ClientSettings, 'url' | 'apiKey' | 'signal'>,
  path: string,
): Promise<{ status: number; body: unknown } | undefined> {
  try {
    const response = await fetchApi(client, path);
    const text = await response.text();
    return { status: response.status, body: parseJson(text) };
  } catch (error) {
    client.signal.throwIfAborted();
    // Only the network may fail here; anything else is a mistake of ours and must show.
    if (networkTrouble(error).code === 'network_error') throw error;
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
