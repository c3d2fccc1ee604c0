import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { captureLog } from './testing/captured-log.ts';
import { endedRequest, postHead, rawRequest } from './testing/raw-request.ts';

const log = captureLog('debug');
let api: TestApi;
beforeAll(async () => (api = await startTestApi({}, log.logger)));
afterAll(() => api.stop());

const event = '{"account_id":"a","user_id":"u","type":"t"}';
const hidden = 'GET /accounts/hidden/summary HTTP/1.1\r\nHost: x\r\n\r\n';

describe('a request whose length can be read in two ways is refused, and what it hides is not read', () => {
  const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  test.each([
    ['both lengths', ['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`],
    ['the other way round', ['Transfer-Encoding: chunked', 'Content-Length: 4'], chunked(hidden)],
    ['two lengths', ['Content-Length: 0', `Content-Length: ${hidden.length}`], hidden],
    ['a list of lengths', [`Content-Length: 0, ${hidden.length}`], hidden],
    ['a length with a sign', ['Content-Length: +0'], hidden],
    ['a length in hexadecimal', ['Content-Length: 0x0'], hidden],
    ['an unknown coding', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${hidden}`],
    ['a coding after chunked', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${hidden}`],
    ['a blank before the colon', ['Transfer-Encoding : chunked'], `0\r\n\r\n${hidden}`],
    ['a folded header', ['X: y', ' Transfer-Encoding: chunked'], `0\r\n\r\n${hidden}`],
    ['a bare line feed', ['X: y\nTransfer-Encoding: chunked'], `0\r\n\r\n${hidden}`],
    ['a chunk without a number', ['Transfer-Encoding: chunked'], `x\r\n${hidden}`],
  ])('%s', async (...[, lines, body]) => {
    const { statuses, closed } = await rawRequest(api.url, postHead(...lines) + body);
    expect(statuses).toEqual([400]);
    expect(closed).toBe(true);
    expect(log.text()).not.toContain('hidden');
  });
});

test('what is no HTTP is answered with a problem that names a request id', async () => {
  const { text } = await rawRequest(api.url, 'Hello\r\n\r\n');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(head).toContain('Content-Type: application/problem+json');
  const requestId = /^X-Request-Id: (\S+)$/m.exec(head)?.[1];
  expect(JSON.parse(body)).toMatchObject({ code: 'request_malformed', request_id: requestId });
});

/** Holds the last answer of a connection to be a problem of this code that names its request. */
function expectProblem(text: string, code: string): void {
  const [head = '', body = ''] = text.slice(text.lastIndexOf('HTTP/1.1 4')).split('\r\n\r\n');
  expect(head).toContain('Content-Type: application/problem+json');
  const requestId = /^X-Request-Id: (\S+)$/m.exec(head)?.[1];
  expect(JSON.parse(body)).toMatchObject({ code, request_id: requestId });
}

describe('what Node.js would answer by itself is a problem too', () => {
  test.each([
    ['an expectation', 'GET /docs HTTP/1.1\r\nHost: x\r\nExpect: tea', 417, 'expectation_failed'],
    ['no host', 'GET /docs HTTP/1.1', 400, 'request_malformed'],
    [
      'a header that is too large',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`,
      431,
      'headers_too_large',
    ],
  ])('%s', async (...[, head, status, code]) => {
    const { statuses, text } = await rawRequest(api.url, `${head}\r\nConnection: close\r\n\r\n`);
    expect(statuses).toEqual([status]);
    expectProblem(text, code);
  });

  test('a body that ends before its length: 400 request_aborted, which may be sent again', async () => {
    for (const body of [
      'Content-Length: 100\r\n\r\n{',
      'Transfer-Encoding: chunked\r\n\r\n5\r\n{',
    ]) {
      const { statuses, text } = await endedRequest(api.url, postHead().slice(0, -2) + body);
      expect(statuses).toEqual([400]);
      expectProblem(text, 'request_aborted');
    }
  });

  test('an expectation that HTTP knows is met', async () => {
    const head = postHead(
      'Expect: 100-continue',
      `Content-Length: ${event.length}`,
      'Connection: close',
    );
    const { statuses } = await rawRequest(api.url, head + event);
    expect(statuses).toEqual([100, 202]);
  });

  test('HTTP/1.0 needs no host', async () => {
    const { statuses } = await rawRequest(api.url, 'GET /healthz/live HTTP/1.0\r\n\r\n');
    expect(statuses).toEqual([200]);
  });
});

describe('what follows a request on its connection does not answer for it', () => {
  const post = postHead(`Content-Length: ${event.length}`) + event;

  test.each([
    ['garbage', 'garbage\r\n\r\n', 400, 'request_malformed'],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405, 'method_not_allowed'],
    [
      'a header that is too large',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`,
      431,
      'headers_too_large',
    ],
    [
      'a request with a broken body',
      postHead('Transfer-Encoding: chunked') + 'x\r\n',
      400,
      'request_malformed',
    ],
  ])('%s', async (...[, rest, status, code]) => {
    const { statuses, text, closed } = await rawRequest(api.url, post + post + rest);
    expect(statuses).toEqual([202, 202, status]);
    expectProblem(text, code);
    expect(closed).toBe(true);
  });
});

test('the sender of headers that are too large hears so though it goes on sending', async () => {
  const more = (write: (text: string) => boolean) =>
    setInterval(() => write('x'.repeat(1_000)), 20);
  const head = `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`;
  const { statuses, text } = await rawRequest(api.url, head, undefined, more);
  expect(statuses).toEqual([431]);
  expectProblem(text, 'headers_too_large');
});

describe('methods', () => {
  const known = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SUBSCRIBE', 'QUERY'];
  test.each(known)('%s is answered with 405 and what is allowed', async (method) => {
    const request = `${method} /events HTTP/1.1\r\nHost: x\r\nX-Secret: s3cret\r\nConnection: close\r\n\r\n`;
    const { statuses, text } = await rawRequest(api.url, request);
    expect(statuses).toEqual([405]);
    expect(text).toMatch(/^Allow: POST\r$/m);
    // TRACE is to echo headers, which is how scripts once read cookies.
    expect(text).not.toContain('s3cret');
  });

  test.each(['BREW', 'get', 'G\x00ET', 'X'.repeat(5_000)])(
    '%j is no method: 400',
    async (method) => {
      const { statuses, closed } = await rawRequest(
        api.url,
        `${method} / HTTP/1.1\r\nHost: x\r\n\r\n`,
      );
      expect(statuses).toEqual([400]);
      expect(closed).toBe(true);
    },
  );

  test('CONNECT opens no tunnel: 405, and the connection ends', async () => {
    const tunnel = await rawRequest(api.url, 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(tunnel).toMatchObject({ statuses: [405], closed: true });
    expect(tunnel.text).toMatch(/^Allow: GET, POST\r$/m);
    expectProblem(tunnel.text, 'method_not_allowed');
  });

  test('an upgrade changes no protocol', async () => {
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket';
    const { statuses } = await rawRequest(
      api.url,
      `GET /accounts/a/events/none HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n\r\n`,
      (text) => text.includes('\r\n\r\n'),
    );
    expect(statuses).toEqual([404]);
  });
});

describe('answers', () => {
  const paths = ['/accounts/a/summary', '/docs', '/openapi.json', '/metrics', '/nowhere'];
  test.each(paths)('tell browsers to guess nothing and to frame nothing: %s', async (path) => {
    const response = await fetch(`${api.url}${path}`);
    await response.arrayBuffer();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src '(self|none)'/);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.has('x-powered-by')).toBe(false);
    expect(response.headers.has('server')).toBe(false);
  });

  test('of /events, which no page shows, tell browsers to guess nothing', async () => {
    const response = await fetch(`${api.url}/events`);
    await response.arrayBuffer();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.has('x-powered-by')).toBe(false);
  });

  test('let no page of another origin read them, and promise it nothing', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    for (const method of ['OPTIONS', 'GET']) {
      const response = await fetch(`${api.url}/accounts/a/summary`, { method, headers });
      await response.arrayBuffer();
      expect(response.status).toBe(method === 'OPTIONS' ? 405 : 200);
      const names = [...response.headers.keys()];
      expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  test('cannot be given headers by what was sent', async () => {
    const injected = 'a%0d%0aSet-Cookie:%20x=y';
    for (const path of [`/accounts/${injected}/summary`, `/nowhere?x=${injected}`]) {
      const response = await fetch(`${api.url}${path}`, { headers: { 'x-request-id': injected } });
      await response.arrayBuffer();
      expect(response.headers.has('set-cookie')).toBe(false);
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('about accounts are kept by no cache', async () => {
    const response = await fetch(`${api.url}/accounts/a/summary`);
    await response.arrayBuffer();
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});
