import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import {
  createApiKey,
  findApiKey,
  listApiKeys,
  parseApiKey,
  revokeApiKey,
  TooManyKeys,
} from './api-keys.ts';

const home = useTestStore({ max: 10 });

const make = (accountId: string | null, name = 'test') =>
  createApiKey(home.pool, { accountId, name, scopes: ['ingest', 'read'] });

describe('a key', () => {
  test('is found by its id and proved by its secret', async () => {
    const { keyId, key } = await make('acme');
    const parsed = parseApiKey(key);
    expect(parsed?.keyId).toBe(keyId);
    const found = await findApiKey(home.pool, keyId);
    expect(found).toMatchObject({ accountId: 'acme', scopes: ['ingest', 'read'] });
    expect(parsed && found?.secretHash.equals(parsed.secretHash)).toBe(true);
  });

  test('never lies in the database in clear: only the hash of its secret does', async () => {
    const { keyId, key } = await make('clear');
    const secret = key.slice(`ep_${keyId}_`.length);
    const { rows } = await home.pool.query<{ all: string; secret_hash: Buffer }>(
      `SELECT k::text AS all, secret_hash FROM api_keys AS k WHERE key_id = $1`,
      [keyId],
    );
    expect(rows[0]?.all).not.toContain(secret);
    expect(rows[0]?.all).not.toContain(Buffer.from(secret).toString('hex'));
    expect(rows[0]?.secret_hash).toEqual(createHash('sha256').update(secret).digest());
  });

  test('is not found once it is revoked, and is revoked only once', async () => {
    const { keyId } = await make('revoked');
    expect(await revokeApiKey(home.pool, keyId)).toBe(true);
    expect(await findApiKey(home.pool, keyId)).toBeUndefined();
    expect(await revokeApiKey(home.pool, keyId)).toBe(false);
    expect(await revokeApiKey(home.pool, 'nobody')).toBe(false);
  });

  test('of the operators has no account', async () => {
    const { keyId } = await make(null);
    expect((await findApiKey(home.pool, keyId))?.accountId).toBeUndefined();
  });

  test('loses scopes that this version does not know', async () => {
    const { keyId } = await make('scopes');
    await home.pool.query(`UPDATE api_keys SET scopes = '{read,destroy}' WHERE key_id = $1`, [
      keyId,
    ]);
    expect((await findApiKey(home.pool, keyId))?.scopes).toEqual(['read']);
  });
});

describe('an account', () => {
  test('has two live keys at most, and room for another once one is revoked', async () => {
    const first = await make('rotating');
    await make('rotating');
    await expect(make('rotating')).rejects.toThrow(TooManyKeys);
    await revokeApiKey(home.pool, first.keyId);
    await make('rotating');
    await expect(make('rotating')).rejects.toThrow(/revoke one first/);
  });

  test('gets no third key from ten rotations at once', async () => {
    for (let round = 0; round < 5; round++) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, () => make(`crowd-${round}`)),
      );
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(2);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(TooManyKeys);
      }
    }
  });

  test('does not limit the keys of the operators', async () => {
    await Promise.all([make(null), make(null), make(null)]);
  });
});

describe('the list of keys', () => {
  test('is newest first, of one account or of all, and shows no hash', async () => {
    const old = await make('listed', 'old');
    const young = await make('listed', 'young');
    await revokeApiKey(home.pool, old.keyId);
    const own = await listApiKeys(home.pool, 'listed');
    expect(own.map((key) => key.keyId)).toEqual([young.keyId, old.keyId]);
    expect(own.map((key) => key.revokedAt === null)).toEqual([true, false]);
    expect(own[0]).not.toHaveProperty('secretHash');
    expect((await listApiKeys(home.pool)).length).toBeGreaterThan(2);
  });
});

describe('a text that is no key', () => {
  test('is recognised without asking anyone', async () => {
    const { key } = await make('shape');
    const bent = [key.slice(0, -1), `${key}a`, ` ${key}`, `${key}\n`, key.toUpperCase(), ''];
    bent.push(key.replace('ep_', 'ek_'), key.replaceAll('_', '-'), `${key.slice(0, -1)}=`);
    for (const text of bent) expect(parseApiKey(text)).toBeUndefined();
    expect(parseApiKey(key)).toBeDefined();
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseApiKey(text)).toBeUndefined();
        expect(parseApiKey(`ep_${text}`)).toBeUndefined();
      }),
    );
  });
});
