import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import type { oas31 } from 'zod-openapi';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import type { OpenApiDocument } from './openapi.ts';
import { schemaOf } from './testing/schema-of.ts';

let api: TestApi;
let document: OpenApiDocument;
const keys: Record<string, string> = {};

beforeAll(async () => {
  api = await startTestApi({
    AUTH: 'keys',
    BODY_BYTES: '20000',
    INFLATED_BYTES: '40000',
    EVENTS_PER_REQUEST: '50',
    ACCOUNT_EVENTS_PER_MINUTE: '20',
  });
  const directory = new pg.Pool({ connectionString: api.databaseUrl });
  const key = async (name: string, accountId: string | null, scopes: ('ingest' | 'read')[]) => {
    keys[name] = (await createApiKey(directory, { accountId, name, scopes })).key;
  };
  await key('acme', 'acme', ['ingest', 'read']);
  await key('reader', 'acme', ['read']);
  await key('busy', 'busy', ['ingest']);
  await directory.end();
  document = (await (await fetch(`${api.url}/openapi.json`)).json()) as OpenApiDocument;
});

afterAll(() => api.stop());

const notable = ['retry-after', 'ratelimit', 'ratelimit-policy', 'www-authenticate', 'allow'];

/** Holds an answer of the api against what the document says of its operation and status. */
async function check(template: string, response: Response): Promise<void> {
  // Each path has one operation; a 405 stands under its `default`.
  const [operation] = Object.values(document.paths?.[template] ?? {}) as oas31.OperationObject[];
  const responses = (operation?.responses ?? {}) as Record<string, oas31.ResponseObject>;
  const documented = responses[String(response.status)] ?? responses['default'];
  const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const schema = documented?.content?.[mediaType]?.schema;
  expect(schema).toBeDefined();
  const headers = Object.keys(documented?.headers ?? {}).map((name) => name.toLowerCase());
  const sent = notable.filter((name) => response.headers.has(name));
  expect(headers).toEqual(expect.arrayContaining(sent));
  const body: unknown = mediaType.includes('json') ? await response.json() : await response.text();
  expect(schemaOf(document, schema).safeParse(body).error).toBeUndefined();
  const codes = documented?.['x-codes'] as string[] | undefined;
  if (codes) expect(codes).toContain((body as { code: string }).code);
  const name = schema && '$ref' in schema ? schema.$ref.split('/').at(-1) : undefined;
  if (name === undefined || name === 'Health') return;
  const known = document.components?.schemas?.[name] as oas31.SchemaObject;
  expect(Object.keys(known.properties ?? {})).toEqual(
    expect.arrayContaining(Object.keys(body as object)),
  );
}

interface Ask {
  method?: string;
  key?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

async function ask(path: string, template: string, expected: number, options: Ask = {}) {
  const { method = 'GET', key, headers, body } = options;
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${keys[key] ?? key}` }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  expect(response.status).toBe(expected);
  await check(template, response);
}

const json = { 'content-type': 'application/json' };
const gzip = { ...json, 'content-encoding': 'gzip' };
const one = { event_id: 'e1', user_id: 'u', type: 't' };
const many = (count: number) => JSON.stringify(Array.from({ length: count }, () => one));
const post = (status: number, options: Ask, query = '') =>
  ask(`/events${query}`, '/events', status, {
    method: 'POST',
    key: 'acme',
    headers: json,
    body: JSON.stringify(one),
    ...options,
  });

test('accepted events are answered as documented, in every form of body', async () => {
  await post(202, {});
  await post(202, { body: JSON.stringify([one, { type: 't' }]) });
  await post(202, { body: JSON.stringify({ events: [one], sent_at: '2026-11-23T09:30:01Z' }) });
  const headers = { 'content-type': 'application/x-ndjson' };
  await post(202, { headers, body: `${JSON.stringify(one)}\nno json\n` });
  await post(202, { headers: gzip, body: Uint8Array.from(gzipSync(many(2))) });
});

test('refused requests are answered as documented', async () => {
  await post(400, { body: '' });
  await post(400, { body: '{' });
  await post(400, { body: '3' });
  await post(400, { body: '{"user_id":"u"}' });
  await post(400, { body: JSON.stringify([one, {}]) }, '?atomic=true');
  await post(400, {}, '?atomic=perhaps');
  await post(400, { headers: gzip, body: 'not gzip' });
  await post(401, { key: 'unknown' });
  await post(403, { key: 'reader' });
  await post(403, { body: JSON.stringify({ ...one, account_id: 'other' }) });
  await post(413, { body: 'x'.repeat(30_000) });
  await post(413, { body: many(51) });
  await post(413, { body: many(30) });
  await post(413, { headers: gzip, body: Uint8Array.from(gzipSync(' '.repeat(50_000))) });
  await post(415, { headers: { 'content-type': 'text/xml' } });
  await post(415, { headers: { ...json, 'content-encoding': 'br' } });
  await post(202, { key: 'busy', body: many(20) });
  await post(429, { key: 'busy', body: many(20) });
});

test('summaries and receipts are answered as documented', async () => {
  const summary = '/accounts/{id}/summary';
  const receipt = '/accounts/{id}/events/{event_id}';
  await ask('/accounts/acme/summary', summary, 200, { key: 'acme' });
  await ask('/accounts/acme/summary?window=soon', summary, 400, { key: 'acme' });
  await ask('/accounts/acme/summary', summary, 401);
  await ask('/accounts/acme/summary', summary, 403, { key: 'busy' });
  await ask('/accounts/other/summary', summary, 404, { key: 'acme' });
  await post(202, {});
  await ask('/accounts/acme/events/e1', receipt, 200, { key: 'acme' });
  await ask('/accounts/acme/events/none', receipt, 404, { key: 'acme' });
  await ask('/accounts/acme/events/a%00b', receipt, 400, { key: 'acme' });
});

test('the operational paths are answered as documented', async () => {
  for (const path of ['/healthz/live', '/healthz/ready', '/metrics', '/openapi.json', '/docs']) {
    await ask(path, path, 200);
    await ask(path, path, 405, { method: 'POST' });
  }
});
