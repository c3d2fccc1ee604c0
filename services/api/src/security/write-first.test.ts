import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import pg from 'pg';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { uploadSlowly } from './testing/upload-slowly.ts';

let api: TestApi;
let impatient: TestApi;
let key: string;
let reader: string;
beforeAll(async () => {
  api = await startTestApi({ AUTH: 'keys', BODY_BYTES: '100000', INFLATED_BYTES: '100000' });
  impatient = await startTestApi({ BODY_TIMEOUT_MS: '400', IP_REQUESTS_PER_MINUTE: '1' });
  const directory = new pg.Pool({ connectionString: api.databaseUrl });
  const create = async (scope: 'ingest' | 'read') =>
    (await createApiKey(directory, { accountId: 'a', name: scope, scopes: [scope] })).key;
  key = await create('ingest');
  reader = await create('read');
  await directory.end();
});
afterAll(() => Promise.all([api.stop(), impatient.stop()]));

const json = 'Content-Type: application/json';

describe('a client that writes its whole body before it reads sees why it was refused', () => {
  const cases: [string, string, () => string[], number, string][] = [
    ['no key', 'POST /events', () => [json], 401, 'key_missing'],
    ['a revoked key', 'POST /events', () => [json, bearer(unknownKey)], 401, 'key_invalid'],
    ['a key of other scopes', 'POST /events', () => [json, bearer(reader)], 403, 'scope_missing'],
    ['an unknown path', 'POST /nowhere', () => [json], 404, 'not_found'],
    ['another method', 'PUT /events', () => [json], 405, 'method_not_allowed'],
    ['a path that takes none', 'POST /docs', () => [json], 405, 'method_not_allowed'],
    ['a parameter', 'POST /events?atomic=x', () => [json, bearer(key)], 400, 'parameter_invalid'],
    ['a length', 'POST /events', () => [json, bearer(key)], 413, 'body_too_large'],
    ['a type', 'POST /events', () => [bearer(key)], 415, 'media_type_unsupported'],
    ['an expectation', 'POST /events', () => [json, 'Expect: tea'], 417, 'expectation_failed'],
    ['a broken path', 'POST /accounts/%E0%A4%A/summary', () => [json], 400, 'request_malformed'],
  ];
  const bearer = (value: string) => `Authorization: Bearer ${value}`;
  const unknownKey = `ep_${'0'.repeat(16)}_${'x'.repeat(43)}`;

  test.each(cases)('%s', async (...[, line, lines, status, code]) => {
    const answer = await uploadSlowly(api.url, line, ['Host: x', ...lines()], 300_000);
    expect(answer).toMatchObject({ statuses: [status], reset: false });
    expect(answer.text).toContain(`"code":"${code}"`);
  });

  test('a body that turns out too large', async () => {
    const lines = ['Host: x', json, bearer(key), 'Transfer-Encoding: chunked'];
    const answer = await uploadSlowly(api.url, 'POST /events', lines, 900_000);
    expect(answer).toMatchObject({ statuses: [413], reset: false, sentBytes: 900_000 });
  });

  test('no host', async () => {
    const answer = await uploadSlowly(api.url, 'POST /events', [json], 300_000);
    expect(answer).toMatchObject({ statuses: [400], reset: false });
    expect(answer.text).toContain('"code":"request_malformed"');
  });

  test('too many requests of its address', async () => {
    await fetch(`${impatient.url}/nowhere`);
    const answer = await uploadSlowly(impatient.url, 'POST /events', ['Host: x', json], 300_000);
    expect(answer).toMatchObject({ statuses: [429], reset: false });
  });

  test('and its connection serves the next request', async () => {
    const next = 'GET /healthz/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answer = await uploadSlowly(api.url, 'POST /events', ['Host: x', json], 300_000, next);
    expect(answer).toMatchObject({ statuses: [401, 200], reset: false });
  });

  test('by fetch with a stream as its body', async () => {
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        controller.enqueue(new Uint8Array(10_000).fill(0x20));
        if (--left === 0) controller.close();
      },
    });
    let left = 50;
    const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'x/y' } };
    const response = await fetch(`${api.url}/events`, init as RequestInit);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'key_missing' });
    expect(left).toBe(0);
  });
});

describe('what is read of a refused body is bounded', () => {
  const headers = ['Host: x', json];

  test('in bytes: ten times what a body may have', async () => {
    const lines = [...headers, 'Transfer-Encoding: chunked'];
    const answer = await uploadSlowly(api.url, 'POST /events', lines, 3_000_000);
    // What comes back is left open: the connection ended in the middle of the upload.
    expect(answer.sentBytes).toBeLessThan(3_000_000);
  });

  test('in time: a body that never ends is answered when the time for a body is over', async () => {
    const startedAt = performance.now();
    const lines = [...headers, 'Content-Length: 100000'];
    const answer = await uploadSlowly(impatient.url, 'POST /nowhere', lines, 0);
    expect(answer.statuses).toEqual([429]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
