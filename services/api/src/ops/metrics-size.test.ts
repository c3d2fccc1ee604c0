import { METHODS, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const accounts = 10_000;
const maxBytes = 500_000;

/** As long as an account may be named. */
const accountName = (number: number) => `account-${number}-`.padEnd(255, 'x');

async function post(from: number, count: number): Promise<number> {
  const events = Array.from({ length: count }, (_, index) => ({
    event_id: `e-${from + index}`,
    account_id: accountName(from + index),
    user_id: 'u',
    type: `type-${from + index}`,
  }));
  const response = await fetch(`${api.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Resolves when there is an answer, or none. */
function send(method: string, path: string): Promise<void> {
  return new Promise((resolve) => {
    const sent = request(`${api.url}${path}`, { method, agent: false }, (response) => {
      response.resume().on('close', resolve);
    });
    sent.on('error', () => resolve()).end();
  });
}

async function scrape(): Promise<string> {
  return (await fetch(`${api.url}/metrics`)).text();
}

test('/metrics stays below 500 kB with 10,000 accounts, and with unknown methods and paths', async () => {
  for (let from = 0; from < accounts; from += 500) expect(await post(from, 500)).toBe(202);
  const methods = METHODS.filter((method) => method !== 'CONNECT');
  for (const [index, method] of methods.entries()) {
    await send(method, `/path-${index}/${'x'.repeat(index)}`);
    await send(method, '/events');
    await send(method, `/accounts/account-${index}/summary`);
  }
  const text = await scrape();
  expect(Buffer.byteLength(text)).toBeLessThan(maxBytes);
  const found = [...text.matchAll(/^http_requests_total\{method="([^"]+)"/gm)];
  const counted = new Set(found.map(([, method]) => method));
  expect([...counted].sort()).toEqual(
    expect.arrayContaining(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'other']),
  );
  expect(counted.size).toBe(8);
  const routes = new Set([...text.matchAll(/route="([^"]+)"/g)].map(([, route]) => route));
  expect([...routes].filter((route) => route?.includes('path-'))).toEqual([]);
}, 120_000);
