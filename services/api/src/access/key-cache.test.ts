import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createApiKey, revokeApiKey } from '@event-platform/shared/database/api-keys';
import { migrate } from '@event-platform/shared/database/migrate';
import { eventually } from '@event-platform/shared/testing/eventually';
import { startOwnPostgres, type OwnServer } from '@event-platform/shared/testing/own-servers';
import { KeyCache } from './key-cache.ts';

let postgres: OwnServer;
let pool: pg.Pool;
let nowMs = 0;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  await migrate(postgres.url);
  pool = new pg.Pool({ connectionString: postgres.url, query_timeout: 2_000 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await postgres.remove();
});

// If each request waited for a PostgreSQL that hangs, a hundred of them would take minutes.
test('while PostgreSQL hangs a known key is answered from memory, again and again, and a revocation holds once it is back', async () => {
  const cache = new KeyCache(pool, () => nowMs);
  const { key, keyId } = await createApiKey(pool, { accountId: 'a', name: 't', scopes: ['read'] });
  const outcome = async () => (await cache.find(key, () => Promise.resolve(true))).outcome;
  expect(await outcome()).toBe('known');

  await postgres.kill('SIGSTOP');
  for (let request = 0; request < 100; request++) {
    nowMs += 10_000;
    expect(await outcome()).toBe('known');
  }
  await postgres.kill('SIGCONT');

  await eventually(() => revokeApiKey(pool, keyId));
  await eventually(async () => {
    nowMs += 10_000;
    return (await outcome()) === 'unknown';
  });
});
