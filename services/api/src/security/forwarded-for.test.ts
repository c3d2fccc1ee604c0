import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

const limit = 5;

/** How many requests pass, each of which claims another address. */
async function passing(api: TestApi, forwarded: (request: number) => string): Promise<number> {
  let passed = 0;
  for (let request = 0; request < 2 * limit; request++) {
    const response = await fetch(`${api.url}/accounts/a/events/none`, {
      headers: { 'x-forwarded-for': forwarded(request), 'x-real-ip': `192.0.2.${request}` },
    });
    await response.arrayBuffer();
    if (response.status !== 429) passed++;
  }
  return passed;
}

describe('without trusted proxies', () => {
  let api: TestApi;
  beforeAll(async () => (api = await startTestApi({ IP_REQUESTS_PER_MINUTE: String(limit) })));
  afterAll(() => api.stop());

  test('X-Forwarded-For does not make an address of its own out of each request', async () => {
    expect(await passing(api, (request) => `198.51.100.${request}`)).toBe(limit);
  });
});

describe('behind a trusted proxy', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({
      IP_REQUESTS_PER_MINUTE: String(limit),
      TRUSTED_PROXIES: '127.0.0.1,::1,10.0.0.0/8',
    });
  });
  afterAll(() => api.stop());

  test('the address that the proxy saw counts, not those that the client put before it', async () => {
    const spoofed = (request: number) => `198.51.100.${request}, 203.0.113.9`;
    expect(await passing(api, spoofed)).toBe(limit);
  });

  test('proxies of ours in the list are passed over, and no more than those', async () => {
    const spoofed = (request: number) => `198.51.100.${request}, 203.0.113.10, 10.1.2.3`;
    expect(await passing(api, spoofed)).toBe(limit);
  });

  test('different clients have limits of their own', async () => {
    expect(await passing(api, (request) => `203.0.113.${100 + request}`)).toBe(2 * limit);
  });

  test('nonsense in the header fails no request', async () => {
    for (const value of ['', ',,,', 'unknown', "'; DROP TABLE events; --", 'x'.repeat(8_000)]) {
      const response = await fetch(`${api.url}/accounts/a/events/none`, {
        headers: { 'x-forwarded-for': value },
      });
      await response.arrayBuffer();
      expect([404, 429]).toContain(response.status);
    }
  });
});
