import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { postHead, rawRequest } from './testing/raw-request.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ BODY_TIMEOUT_MS: '500', REQUEST_TIMEOUT_MS: '2000' });
});
afterAll(() => api.stop());

/** Sends a little, again and again, so that the connection is never idle. */
const drip = (text: string) => (write: (more: string) => boolean) =>
  setInterval(() => write(text), 50);

const never = () => false;

test('headers that drip in for longer than the time for a body: 408, and the connection ends', async () => {
  const head = 'GET /accounts/a/summary HTTP/1.1\r\nHost: x\r\n';
  const { statuses, text, closed } = await rawRequest(api.url, head, never, drip('X-A: b\r\n'));
  expect(statuses).toEqual([408]);
  expect(text).toContain('"code":"request_timeout"');
  expect(closed).toBe(true);
});

test('a request line that never ends does not keep its connection', async () => {
  const { statuses, closed } = await rawRequest(api.url, 'GET /', never, drip('x'));
  expect(statuses).toEqual([408]);
  expect(closed).toBe(true);
});

test('a body that drips in: 408, and the connection ends', async () => {
  const head = postHead('Content-Length: 100000');
  const { statuses, text, closed } = await rawRequest(api.url, head, never, drip(' '));
  expect(statuses).toEqual([408]);
  expect(text).toContain('"code":"request_timeout"');
  expect(closed).toBe(true);
});

test('a body in chunks of one byte is no way around it', async () => {
  const head = postHead('Transfer-Encoding: chunked');
  const { statuses, closed } = await rawRequest(api.url, head, never, drip('1\r\n \r\n'));
  expect(statuses).toEqual([408]);
  expect(closed).toBe(true);
});

test('a body for a path that reads none does not hold the connection', async () => {
  const head = 'GET /accounts/a/events/none HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n';
  const { statuses, closed } = await rawRequest(api.url, head, never, drip(' '));
  expect(statuses[0]).toBe(404);
  expect(closed).toBe(true);
});

test('a hundred of them at once keep no other client waiting', async () => {
  const head = postHead('Content-Length: 100000');
  const slow = Array.from({ length: 100 }, () => rawRequest(api.url, head, never, drip(' ')));
  const event = { account_id: 'a', user_id: 'u', type: 't' };
  const response = await fetch(`${api.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  expect(response.status).toBe(202);
  expect((await Promise.all(slow)).every(({ closed }) => closed)).toBe(true);
});
