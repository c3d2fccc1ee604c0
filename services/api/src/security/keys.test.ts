import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { secretOf } from '@event-platform/testkit/harness/secret-of';
import { KeyCache } from '../access/key-cache.ts';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

const limit = 20;
let api: TestApi;
let directory: pg.Pool;

beforeAll(async () => {
  api = await startTestApi({ AUTH: 'keys', KEY_FAILURES_PER_MINUTE: String(limit) });
  directory = new pg.Pool({ connectionString: api.databaseUrl });
});
afterAll(async () => {
  await directory.end();
  await api.stop();
});

const newKey = (accountId: string) =>
  createApiKey(directory, { accountId, name: 'test', scopes: ['read'] });

/** Of the right form, and unknown. */
const guess = () => `ep_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`;

async function read(key: string, account = 'a') {
  const response = await fetch(`${api.url}/accounts/${account}/summary`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { code } = (await response.json()) as { code?: string };
  return { status: response.status, code, retryAfter: response.headers.get('retry-after') };
}

describe('guessing keys', () => {
  test('ends in 429 with Retry-After, while keys in use from the same address go on', async () => {
    const { key } = await newKey('in-use');
    expect(await read(key, 'in-use')).toMatchObject({ status: 200 });
    for (let tries = 0; tries < limit; tries++) {
      expect(await read(guess())).toMatchObject({ status: 401, code: 'key_invalid' });
    }
    const denied = await read(guess());
    expect(denied).toMatchObject({ status: 429, code: 'ip_limit' });
    expect(Number(denied.retryAfter)).toBeGreaterThan(0);
    expect(await read(key, 'in-use')).toMatchObject({ status: 200 });
  });

  test('counts wrong secrets of a key that exists as well', async () => {
    const { keyId } = await newKey('known-id');
    const forged = `ep_${keyId}_${randomBytes(32).toString('base64url')}`;
    expect(await read(forged)).toMatchObject({ status: 429, code: 'ip_limit' });
  });
});

describe('the memory of keys', () => {
  test('asks PostgreSQL for no unknown key once an address has spent its tries', async () => {
    const cache = new KeyCache(directory, Date.now);
    const { key } = await newKey('never-seen');
    expect(await cache.find(key, () => false)).toEqual({ outcome: 'unknown' });
    expect(await cache.find(key, () => true)).toMatchObject({ outcome: 'known' });
  });

  test('keeps the keys in use however many unknown ones are tried, also without PostgreSQL', async () => {
    const pool = new pg.Pool({ connectionString: api.databaseUrl });
    const cache = new KeyCache(pool, Date.now, 20);
    const { key } = await newKey('survivor');
    const always = () => true;
    expect(await cache.find(key, always)).toMatchObject({ outcome: 'known' });
    const guesses = Array.from({ length: 50 }, guess);
    await Promise.all(guesses.map((wrong) => cache.find(wrong, always)));
    await pool.end();
    expect(await cache.find(key, always)).toMatchObject({ outcome: 'known' });
    expect(await cache.find(guess(), always)).toEqual({ outcome: 'unavailable' });
  });

  test('compares secrets by what takes the same time wherever they differ', async () => {
    const { key, keyId } = await newKey('compared');
    const find = (secretHash: string) =>
      directory
        .query(`UPDATE api_keys SET secret_hash = ${secretHash} WHERE key_id = $1`, [keyId])
        .then(() => new KeyCache(directory, Date.now).find(key, () => true));
    const flip = (byte: number) =>
      `set_byte(secret_hash, ${byte}, 255 - get_byte(secret_hash, ${byte}))`;
    for (const byte of [0, 15, 31]) {
      expect(await find(flip(byte))).toEqual({ outcome: 'unknown' });
      expect(await find(flip(byte))).toMatchObject({ outcome: 'known' });
    }
    // timingSafeEqual alone throws this: it, and no shorter way, compares even hashes that cannot be equal.
    await expect(find('substr(secret_hash, 1, 31)')).rejects.toMatchObject({
      code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH',
    });
  });

  test('lets no other comparison of secrets into the services', () => {
    const services = fileURLToPath(new URL('../../../', import.meta.url));
    const sources = globSync('*/src/**/*.ts', { cwd: services }).filter(
      (path) => !path.endsWith('.test.ts'),
    );
    const comparisons = sources.flatMap((path) =>
      readFileSync(join(services, path), 'utf8')
        .split('\n')
        .filter((line) => /secretHash/.test(line) && /[=!]==|equals?\(|compare\(|eq\(/i.test(line)),
    );
    expect(comparisons.map((line) => line.trim())).toEqual([
      'if (!record || !timingSafeEqual(record.secretHash, parsed.secretHash)) {',
    ]);
  });

  test('holds and stores no secret, only its hash', async () => {
    const { key } = await newKey('hashed');
    const secret = secretOf(key);
    const { rows } = await directory.query<{ row: string }>(
      'SELECT k::text AS row FROM api_keys k',
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) {
      expect(row).not.toContain(secret);
      expect(row).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});
