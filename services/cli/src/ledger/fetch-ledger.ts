import { createApiKey, revokeApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { ledgerSchema, type Ledger } from '@event-platform/core/storage/ledger/ledger';
import { problemSchema } from '@event-platform/core/event/results';
import { resolveApiUrl } from '../lib/api-url-option.ts';
import { CliError } from '../lib/cli-error.ts';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';

/** The part of the ledger that is wanted, where it is, and how to be admitted. */
export interface LedgerQuery extends DatabaseOptions {
  url?: string;
  key?: string;
  account?: string;
  from?: string;
  to?: string;
}

interface Answer {
  status: number;
  body: unknown;
}

const timeoutMs = 60_000;

/**
 * Reads the ledger from the api. Where the api requires a key, none is given and a database is, a key is created for
 * this request and revoked after it.
 *
 * @throws CliError when the api does not answer with a ledger
 */
export async function fetchLedger(query: LedgerQuery): Promise<Ledger> {
  const address = addressOf(query);
  let answer = await get(address, query.key);
  if (answer.status === 401 && query.key === undefined && query.databaseUrl !== undefined) {
    answer = await withTemporaryKey(query, (key) => get(address, key));
  }
  const ledger = ledgerSchema.safeParse(answer.body);
  if (answer.status === 200 && ledger.success) return ledger.data;
  throw refusal(address, answer);
}

function addressOf({ url, account, from, to }: LedgerQuery): string {
  const given = Object.entries({ account, from, to }).filter(([, value]) => value !== undefined);
  const parameters = new URLSearchParams(given as [string, string][]);
  return `${resolveApiUrl(url)}/admin/ledger?${parameters.toString()}`;
}

function withTemporaryKey<T>(
  options: DatabaseOptions,
  use: (key: string) => Promise<T>,
): Promise<T> {
  return withShards(options, async ({ directory }) => {
    const { key, keyId } = await createApiKey(directory, {
      accountId: null,
      name: 'ep ledger',
      scopes: ['admin'],
    });
    try {
      return await use(key);
    } finally {
      await revokeApiKey(directory, keyId);
    }
  });
}

function refusal(address: string, { status, body }: Answer): CliError {
  const detail = problemSchema.safeParse(body).data?.detail;
  if (status === 401 || status === 403) {
    return new CliError(
      `The api refuses (${detail ?? status}): give a key with the scope admin by --key or EP_API_KEY, or DATABASE_URL; \`ep keys create --admin\` creates one.`,
    );
  }
  return new CliError(
    detail === undefined
      ? `${address} answered with ${status} and no ledger: check that --url is an event platform of this version.`
      : `The api has no ledger: ${detail}.`,
  );
}

async function get(address: string, key?: string): Promise<Answer> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  try {
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    return { status: response.status, body: parseJson(text) };
  } catch {
    throw new CliError(
      `No api answers at ${address}: is it running (\`make up\` starts the local one)? Else give --url or EP_URL.`,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
