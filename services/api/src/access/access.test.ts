import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Scope } from '@event-platform/core/storage/accounts/api-key';
import { createApiKey, revokeApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { secretOf } from '@event-platform/testkit/harness/secret-of';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

let api: TestApi;
let directory: pg.Pool;

beforeAll(async () => {
  api = await startTestApi({ AUTH: 'keys' });
  directory = new pg.Pool({ connectionString: api.databaseUrl });
});
afterAll(async () => {
  await directory.end();
  await api.stop();
});

let accounts = 0;
const newAccount = () => `account-${accounts++}`;

function newKey(accountId: string | null, scopes: Scope[] = ['ingest', 'read']) {
  return createApiKey(directory, { accountId, name: 'test', scopes });
}

interface Answer {
  status: number;
  code?: string;
  accepted?: number;
  results?: { code?: string; status: string }[];
}

async function post(headers: Record<string, string>, ...events: object[]): Promise<Answer> {
  const response = await fetch(`${api.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(events),
  });
  return { ...((await response.json()) as object), status: response.status };
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const event = (accountId?: string) => ({
  ...(accountId !== undefined && { account_id: accountId }),
  user_id: 'u',
  type: 't',
});

describe('a key', () => {
  test('is needed', async () => {
    expect(await post({}, event('a'))).toMatchObject({ status: 401, code: 'key_missing' });
  });

  test.each([
    ['nonsense', 'nonsense'],
    ['the right form but unknown', `ep_${'0'.repeat(16)}_${'A'.repeat(43)}`],
    ['one with SQL inside', "ep_'OR/**/1=1--"],
  ])('that is %s is refused', async (...[, key]) => {
    expect(await post(bearer(key), event('a'))).toMatchObject({ status: 401, code: 'key_invalid' });
  });

  test('with the right id and another secret is refused', async () => {
    const [mine, other] = [await newKey(newAccount()), await newKey(newAccount())];
    const forged = `ep_${mine.keyId}_${secretOf(other.key)}`;
    expect(await post(bearer(forged), event())).toMatchObject({ status: 401, code: 'key_invalid' });
  });

  test('fixes the account of events that name none, in either header', async () => {
    const { key } = await newKey(newAccount());
    expect(await post(bearer(key), event())).toMatchObject({ status: 202, accepted: 1 });
    expect(await post({ 'x-api-key': key }, event())).toMatchObject({ status: 202, accepted: 1 });
  });

  test('does not reach another account: 403 when all events are foreign, per event otherwise', async () => {
    const own = newAccount();
    const { key } = await newKey(own);
    expect(await post(bearer(key), event('other'))).toMatchObject({
      status: 403,
      code: 'account_mismatch',
    });
    const mixed = await post(bearer(key), event(own), event('other'));
    expect(mixed).toMatchObject({ status: 202, accepted: 1 });
    expect(mixed.results?.[1]).toMatchObject({ status: 'rejected', code: 'account_mismatch' });
  });

  test('without the scope ingest may not send', async () => {
    const { key } = await newKey(newAccount(), ['read']);
    expect(await post(bearer(key), event())).toMatchObject({ status: 403, code: 'scope_missing' });
  });

  test('of the operators reaches every account', async () => {
    const { key } = await newKey(null, ['admin']);
    expect(await post(bearer(key), event('a'), event('b'))).toMatchObject({ accepted: 2 });
  });

  test('that is revoked is refused within ten seconds', async () => {
    const { key, keyId } = await newKey(newAccount());
    expect(await post(bearer(key), event())).toMatchObject({ status: 202 });
    expect(await revokeApiKey(directory, keyId)).toBe(true);
    await eventually(
      async () => expect(await post(bearer(key), event())).toMatchObject({ status: 401 }),
      { timeoutMs: 10_000, intervalMs: 250 },
    );
  });
});
