import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createApiKey, revokeApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { migrate } from '@event-platform/core/storage/migrate';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
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
  const outcome = async () => (await cache.find(key, () => true)).outcome;
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

test('while PostgreSQL is unavailable a key works that this process was never shown', async () => {
  const { key } = await createApiKey(pool, { accountId: 'b', name: 't', scopes: ['read'] });
  const cache = new KeyCache(pool, () => nowMs);
  await cache.start();
  await postgres.kill('SIGSTOP');
  const found = await cache.find(key, () => true);
  await postgres.kill('SIGCONT');
  await cache.stop();
  expect(found).toMatchObject({ outcome: 'known', principal: { accountId: 'b' } });
});

test('a key that is made later is known before it is first shown, and a revoked one is not', async () => {
  const cache = new KeyCache(pool, () => nowMs);
  await cache.start();
  const late = await createApiKey(pool, { accountId: 'c', name: 't', scopes: ['read'] });
  const revoked = await createApiKey(pool, { accountId: 'c', name: 't', scopes: ['read'] });
  await revokeApiKey(pool, revoked.keyId);
  // Nothing may be looked up: what is known was read beforehand.
  const outcome = async (key: string) => (await cache.find(key, () => false)).outcome;
  await eventually(async () => (await outcome(late.key)) === 'known');
  expect(await outcome(revoked.key)).toBe('unknown');
  await cache.stop();
});

test('keys that no request has shown take no place from those in use', async () => {
  const cache = new KeyCache(pool, () => nowMs, 1);
  const { key } = await createApiKey(pool, { accountId: 'd', name: 't', scopes: ['read'] });
  await cache.find(key, () => true);
  await createApiKey(pool, { accountId: 'd', name: 't', scopes: ['read'] });
  await cache.start();
  await cache.stop();
  const found = await cache.find(key, () => false);
  expect(found.outcome).toBe('known');
});
