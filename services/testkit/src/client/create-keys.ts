import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import type { Scope } from '@event-platform/core/storage/accounts/api-key';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';

/**
 * Makes an API key for each account.
 *
 * @param accounts null: a key of an operator, which reaches every account
 * @returns the keys, in the order of the accounts
 */
export async function createKeys(
  databaseUrl: string,
  accounts: readonly (string | null)[],
  scopes: readonly Scope[],
): Promise<string[]> {
  const settings = {
    max: 1,
    statementTimeoutMs: 10_000,
    applicationName: 'event-platform-testkit',
  };
  const pool = createPool({ url: databaseUrl, ...settings }, createLogger('testkit', 'error'));
  const keys: string[] = [];
  try {
    for (const accountId of accounts) {
      keys.push((await createApiKey(pool, { accountId, name: 'testkit', scopes })).key);
    }
    return keys;
  } finally {
    await pool.end();
  }
}
