import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { postHead, rawRequest } from './testing/raw-request.ts';

let api: TestApi;
beforeAll(async () => (api = await startTestApi()));
afterAll(() => api.stop());

/** A bomb is defused when the next request is served as if nothing had been. */
async function expectAlive(): Promise<void> {
  const response = await fetch(`${api.url}/healthz/live`);
  expect(response.status).toBe(200);
  await response.arrayBuffer();
}

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(`${api.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, ...((await response.json()) as { code?: string }) };
}

const gzip = { 'content-encoding': 'gzip' };
const bytes = (buffer: Buffer) => Uint8Array.from(buffer);

describe('a body', () => {
  test('that inflates to more than a hundred times the limit is cut off at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000_000, ' '), { level: 9 });
    expect(bomb.length).toBeLessThan(1_000_000);
    const before = process.memoryUsage().rss;
    expect(await post(bytes(bomb), gzip)).toMatchObject({
      status: 413,
      code: 'inflated_too_large',
    });
    // The limit is 10 MB; the bomb is a thousand.
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    await expectAlive();
  });

  test('of many gzip members, or gzip within gzip, is no way around it', async () => {
    const member = gzipSync(Buffer.alloc(5_000_000, ' '), { level: 9 });
    const chain = Buffer.concat(Array.from({ length: 100 }, () => member));
    expect(await post(bytes(chain), gzip)).toMatchObject({
      status: 413,
      code: 'inflated_too_large',
    });
    const nested = gzipSync(gzipSync('{}'));
    expect(await post(bytes(nested), gzip)).toMatchObject({ status: 400 });
    const twice = { 'content-encoding': 'gzip, gzip' };
    expect(await post(bytes(nested), twice)).toMatchObject({
      status: 415,
      code: 'content_encoding_unsupported',
    });
  });

  test.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('of 100,000 nested %s is refused and overflows no stack', async (...[, open, close]) => {
    const depth = 100_000;
    const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
    expect(await post(deep)).toMatchObject({ status: 400 });
    const event = `{"account_id":"a","user_id":"u","type":"t","metadata":{"a":${deep}}}`;
    expect(await post(event)).toMatchObject({
      status: 400,
      results: [expect.objectContaining({ code: 'event_too_large' })],
    });
    await expectAlive();
  });

  test('with 100,000 keys in one object is validated in time', async () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => `"k${index}":0`).join(',');
    const event = `{"account_id":"a","user_id":"u","type":"t",${keys}}`;
    expect(await post(event)).toMatchObject({ status: 400, code: 'all_rejected' });
  });

  test.each([
    [60_000, 'number_out_of_range'],
    [900_000, 'event_too_large'],
  ])('of a number with %d digits is refused: %s', async (digits, code) => {
    const event = `{"account_id":"a","user_id":"u","type":"t","metadata":{"n":${'9'.repeat(digits)}}}`;
    expect(await post(event)).toMatchObject({
      status: 400,
      results: [expect.objectContaining({ code })],
    });
  });

  test('without a length is cut off at the limit, and the connection ends', async () => {
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const { statuses, text, closed } = await rawRequest(
      api.url,
      postHead('Transfer-Encoding: chunked') + chunk.repeat(20),
    );
    expect(statuses).toEqual([413]);
    expect(text).toContain('"code":"body_too_large"');
    expect(closed).toBe(true);
  });

  test('that claims to be huge is refused before any of it is read', async () => {
    const { statuses, closed } = await rawRequest(api.url, postHead('Content-Length: 99999999999'));
    expect(statuses).toEqual([413]);
    expect(closed).toBe(true);
  });
});

describe('headers', () => {
  test.each([
    ['one of 100 KB', [`X-Huge: ${'x'.repeat(100_000)}`]],
    ['10,000 of them', Array.from({ length: 10_000 }, (_, index) => `X-${index}: x`)],
    ['a cookie of 64 KB', [`Cookie: ${'a=b; '.repeat(13_000)}`]],
  ])('%s: 431, and the connection ends', async (...[, lines]) => {
    const { statuses, text, closed } = await rawRequest(api.url, postHead(...lines));
    expect(statuses).toEqual([431]);
    expect(text).toContain('"code":"headers_too_large"');
    expect(closed).toBe(true);
    await expectAlive();
  });

  test('an address of 100 KB: 431, and the connection ends', async () => {
    const line = `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`;
    expect(await rawRequest(api.url, line)).toMatchObject({ statuses: [431], closed: true });
  });

  test('a query of 1,000 parameters is read without nesting them into objects', async () => {
    const query = Array.from({ length: 1_000 }, (_, index) => `a[b][${index}]=1`).join('&');
    const response = await fetch(`${api.url}/accounts/a/summary?${query.slice(0, 12_000)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'parameter_invalid',
      parameter: 'a[b][0]',
    });
  });
});
