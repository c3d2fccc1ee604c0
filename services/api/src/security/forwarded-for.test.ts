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

  test('trusted proxies in the list are passed over, and no more than those', async () => {
    const spoofed = (request: number) => `198.51.100.${request}, 203.0.113.10, 10.1.2.3`;
    expect(await passing(api, spoofed)).toBe(limit);
  });

  test('different clients have limits of their own', async () => {
    expect(await passing(api, (request) => `203.0.113.${100 + request}`)).toBe(2 * limit);
  });

  test.each<[string, (request: number) => string]>([
    ['a port behind IPv4', (request) => `203.0.113.20:${50_000 + request}`],
    ['a port behind IPv6', (request) => `[2001:db8:2::7]:${50_000 + request}`],
    ['quotes', (request) => `"[2001:db8:3::7]:${50_000 + request}"`],
    ['another zone', (request) => `fe80::1%eth${request}`],
    [
      'another address of the same /56',
      (request) => `2001:db8:1:22${request}${request}::${request}`,
    ],
    [
      'IPv4 inside IPv6',
      (request) => ['203.0.113.23', '::ffff:203.0.113.23', '::FFFF:cb00:7117'][request % 3] ?? '',
    ],
    ['what is no address', (request) => `_client-${request}`],
  ])('%s makes no address of its own out of each request', async (_what, forwarded) => {
    expect(await passing(api, forwarded)).toBe(limit);
  });

  test('customers whose addresses come in brackets and with ports do not share a limit', async () => {
    const customer = (request: number) => `[${2001 + request}:db8::7]:443`;
    expect(await passing(api, customer)).toBe(2 * limit);
  });

  test('a trusted proxy is known by its address, with a port behind it too', async () => {
    const client = (request: number) => `203.0.113.${150 + request}:4711, 10.1.2.3:443`;
    expect(await passing(api, client)).toBe(2 * limit);
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
