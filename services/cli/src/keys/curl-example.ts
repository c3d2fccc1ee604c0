import { readSummary } from '@event-platform/api/routes/query-routes';
import { sendEvents } from '@event-platform/api/routes/send-events';
import type { Scope } from '@event-platform/core/storage/accounts/api-key';

/** A command that uses a key for what it is allowed to do, ready for a shell. */
export function curlExample(
  url: string,
  key: string,
  accountId: string | null,
  granted: readonly Scope[],
): string {
  const account = accountId ?? 'demo';
  const authorization = `-H 'Authorization: Bearer ${key}'`;
  if (!granted.includes('ingest')) {
    const path = readSummary.path.replace(':id', encodeURIComponent(account));
    return `curl -sS ${quoted(`${url}${path}?window=24h`)} ${authorization}`;
  }
  const event = { account_id: account, user_id: 'u1', type: 'hello' };
  return (
    `curl -sS ${quoted(`${url}${sendEvents.path}`)} ${authorization} \\\n` +
    `  -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(event))}`
  );
}

/** In single quotes, which a shell takes as they stand; a quote inside is closed, escaped, reopened. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
