import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { oas31 } from 'zod-openapi';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { createOpenApiDocument } from '../ops/openapi.ts';
import { seedEvents } from '../query/testing/seed-events.ts';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

let api: TestApi;
let ownKey: string;
const canary = 'canary-of-the-victim';
const victim = 'victim';

beforeAll(async () => {
  api = await startTestApi({ AUTH: 'keys', METRIC_ACCOUNTS: '0' });
  const pool = new pg.Pool({ connectionString: api.databaseUrl });
  ownKey = (await createApiKey(pool, { accountId: 'own', name: 'own', scopes: ['ingest', 'read'] }))
    .key;
  const atMs = Date.now() - 1_000;
  await seedEvents(pool, [{ account: victim, id: canary, user: canary, type: canary, atMs }]);
  await pool.end();
});
afterAll(() => api.stop());

/** Every operation of the document: openapi.test.ts holds that it lists every route of the api. */
const operations = Object.entries(createOpenApiDocument().paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, oas31.OperationObject>).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    isOpen: operation.security?.length === 0,
  })),
);
const withKey = operations.filter(({ isOpen }) => !isOpen);
const open = operations.filter(({ isOpen }) => isOpen);

/** Fills every parameter of a path with what belongs to the victim. */
const victimsPath = (path: string) =>
  path.replace('{id}', victim).replaceAll(/\{\w+\}/g, encodeURIComponent(canary));

/**
 * What a foreign key is answered. Reading says that there is nothing, so that no one learns which accounts
 * exist; writing says why, and so does what is for operators alone.
 */
function refusalOf(path: string): [status: number, code: string] {
  if (path.includes('{id}')) return [404, 'not_found'];
  return [403, path.startsWith('/admin/') ? 'scope_missing' : 'account_mismatch'];
}

async function ask(method: string, path: string, key?: string) {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    ...(method !== 'GET' && {
      body: JSON.stringify({ account_id: victim, user_id: 'u', type: 't' }),
    }),
  });
  return { status: response.status, text: await response.text() };
}

describe('another account', () => {
  test.each(withKey)('cannot be reached by $method $path', async ({ method, path }) => {
    const { status, text } = await ask(method, victimsPath(path), ownKey);
    const [expected, code] = refusalOf(path);
    expect(status).toBe(expected);
    expect(JSON.parse(text)).toMatchObject({ code });
    expect(text).not.toContain(canary);
  });

  test.each(withKey.filter(({ path }) => path.includes('{id}')))(
    'answers the same whether it exists or not: $method $path',
    async ({ method, path }) => {
      const withoutIds = ({ status, text }: { status: number; text: string }) => ({
        ...(JSON.parse(text) as object),
        status,
        request_id: '',
      });
      const there = await ask(method, victimsPath(path), ownKey);
      const nowhere = await ask(method, victimsPath(path.replace('{id}', 'nobody')), ownKey);
      expect(withoutIds(there)).toEqual(withoutIds(nowhere));
    },
  );

  test.each([
    ['an encoded slash', '/accounts/own%2F..%2Fvictim/summary'],
    ['dots', '/accounts/own/../victim/summary'],
    ['a second slash', '/accounts//victim/summary'],
    ['a NUL', '/accounts/victim%00/summary'],
    ['other letters of the same name', '/accounts/VICTIM/summary'],
    ['a parameter beside the path', '/accounts/own/summary?id=victim&account_id=victim'],
  ])('is not reached by %s in the path', async (...[, path]) => {
    const { text } = await ask('GET', path, ownKey);
    expect(text).not.toContain(canary);
  });

  test('cannot be written to by events that name it twice', async () => {
    const response = await fetch(`${api.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ownKey}` },
      body: '{"account_id":"own","account_id":"victim","user_id":"u","type":"t"}',
    });
    expect(response.status).toBe(403);
  });
});

describe('a path that asks for no key', () => {
  test.each(open)('says nothing of any account: $method $path', async ({ method, path }) => {
    const { status, text } = await ask(method, path);
    expect(status).toBe(200);
    expect(text).not.toContain(canary);
    expect(text).not.toContain(victim);
  });
});

test('every path but the operational ones, the document and the status asks for a key', async () => {
  expect(open.map(({ path }) => path).sort()).toEqual([
    '/docs',
    '/healthz/live',
    '/healthz/ready',
    '/metrics',
    '/openapi.json',
    '/status',
    '/status.json',
  ]);
  for (const { method, path } of withKey) {
    expect(await ask(method, victimsPath(path))).toMatchObject({ status: 401 });
  }
});
