import { describe, expect, test } from '@jest/globals';
import { findApiKey, parseApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { secretOf } from '@event-platform/testkit/harness/secret-of';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { runEp, type EpResult } from '@event-platform/testkit/client/run-ep';

const home = useTestStore();

const keys = (...args: string[]): Promise<EpResult> =>
  runEp(['keys', ...args], { DATABASE_URL: home.url });

const keyOf = ({ stdout }: EpResult) => /^key +(\S+)$/m.exec(stdout)?.[1] ?? '';

describe('ep keys', () => {
  test('a created key is live, has the given scopes, and works in the printed curl command', async () => {
    const created = await keys('create', '--account', "o'neil", '--scopes', 'read,ingest');
    expect(created.code).toBe(0);
    const key = keyOf(created);
    const parsed = parseApiKey(key);
    const found = await findApiKey(home.pool, parsed?.keyId ?? '');
    expect(found).toMatchObject({ accountId: "o'neil", scopes: ['ingest', 'read'] });
    expect(found?.secretHash.equals(parsed?.secretHash ?? Buffer.alloc(0))).toBe(true);
    expect(created.stdout).toContain(`-H 'Authorization: Bearer ${key}'`);
    expect(created.stdout).toContain(String.raw`"account_id":"o'\''neil"`);
  });

  test('the list never shows a secret', async () => {
    const created = await keys('create', '--admin', '--name', 'operators');
    const listed = await keys('list');
    expect(listed.stdout).toMatch(/\(all\) +operators +ingest,read,admin/);
    expect(listed.stdout).not.toContain(secretOf(keyOf(created)));
  });

  test('a revoked key is refused, and a second revocation reports that', async () => {
    const { keyId = '' } = parseApiKey(keyOf(await keys('create', '--account', 'r'))) ?? {};
    expect((await keys('revoke', keyId)).code).toBe(0);
    expect(await findApiKey(home.pool, keyId)).toBeUndefined();
    const again = await keys('revoke', keyId);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/no live key .*ep keys list/);
  });

  test('a whole key in place of its id revokes it, and no secret is ever repeated', async () => {
    const key = keyOf(await keys('create', '--account', 'pasted'));
    const secret = secretOf(key);
    const { keyId = '' } = parseApiKey(key) ?? {};
    const results = [
      await keys('revoke', key),
      await keys('revoke', key),
      await keys('revoke', key.slice(0, -1)),
      await keys('revoke', secret),
      await keys('revoke', `${key}x`),
      await keys('revoke', keyId, key),
      await keys(key),
      await keys('list', `--${key}`),
      await keys('list', '--database-url', `mysql://u:${secret}@127.0.0.1/d`),
    ];
    expect(results.map(({ code }) => code)).toEqual([0, 1, 2, 2, 2, 2, 2, 2, 2]);
    expect(await findApiKey(home.pool, keyId)).toBeUndefined();
    for (const { stdout, stderr } of results) {
      expect(stdout + stderr).not.toContain(secret.slice(0, 20));
    }
  });

  test('a third live key is refused with the way out', async () => {
    await keys('create', '--account', 'full');
    await keys('create', '--account', 'full');
    const third = await keys('create', '--account', 'full');
    expect(third.code).toBe(1);
    expect(third.stderr).toMatch(/2 live keys already.*ep keys revoke/);
  });

  test('invalid options end with 2, and an unavailable database with 1 and no password', async () => {
    expect((await keys('create')).code).toBe(2);
    expect((await keys('create', '--account', '..')).code).toBe(2);
    expect((await keys('create', '--account', 'a', '--scopes', 'write')).code).toBe(2);
    expect((await keys('create', '--account', 'a', '--admin')).code).toBe(2);
    const unavailable = await runEp([
      'keys',
      'list',
      '--database-url',
      'postgres://u:secret@127.0.0.1:1/d',
    ]);
    expect(unavailable.code).toBe(1);
    expect(unavailable.stderr).toMatch(/^No server answers at 127\.0\.0\.1:1 .*make up/);
    expect(unavailable.stderr).not.toContain('secret');
  });
});
