import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addressKey, clientKey, parseAddress } from './client-address.ts';
import { createTrust, isNetwork } from './trusted-proxies.ts';

function keyOf(text: string): string | undefined {
  const address = parseAddress(text);
  return address && addressKey(address);
}

describe('the key of an address', () => {
  test.each([
    ['IPv4 is counted whole', '192.0.2.7', '192.0.2.7'],
    ['IPv4 inside IPv6 is the same address', '::ffff:192.0.2.7', '192.0.2.7'],
    ['so it is in hexadecimal', '0:0:0:0:0:FFFF:c000:0207', '192.0.2.7'],
    ['a port does not matter', '192.0.2.7:51234', '192.0.2.7'],
    ['IPv6 is counted by its first 56 bits', '2001:db8:1:2345:6:7:8:9', '2001:db8:1:2300::/56'],
    ['brackets and a port do not matter', '[2001:db8:1:2345::9]:443', '2001:db8:1:2300::/56'],
    ['quotes do not matter', '"[2001:db8:1:2345::9]:_x"', '2001:db8:1:2300::/56'],
    ['leading zeros may be left out', '2001:db8::1', '2001:db8:0:0::/56'],
    ['a zone does not matter', 'fe80::1%eth0', 'fe80:0:0:0::/56'],
    ['loopback has a key too', '::1', '0:0:0:0::/56'],
    ['IPv4 at the end of IPv6 is not always IPv4', '::1.2.3.4', '0:0:0:0::/56'],
  ])('%s', (...[, address, key]) => {
    expect(keyOf(address)).toBe(key);
  });

  const bytes = (length: number) => fc.array(fc.nat(255), { minLength: length, maxLength: length });
  const port = fc.option(fc.nat(65_535), { nil: undefined });

  test('of IPv4 is one for every spelling', () => {
    fc.assert(
      fc.property(bytes(4), port, fc.boolean(), fc.nat(3), (octets, at, isQuoted, form) => {
        const dotted = octets.join('.');
        const hex = Buffer.from(octets).toString('hex');
        const groups = `${hex.slice(0, 4)}:${hex.slice(4)}`;
        const inside = [`::ffff:${dotted}`, `::FFFF:${groups}`, `0:0:0:0:0:ffff:${dotted}`];
        const spelt = form === 0 ? withPort(dotted, at) : withPort(inside[form - 1] ?? '', at);
        return keyOf(isQuoted ? `"${spelt}"` : ` ${spelt}\t`) === dotted;
      }),
      { numRuns: 1_000 },
    );
  });

  test('of IPv6 is one for every spelling, and another for every other /56', () => {
    const spelling = fc.record({ form: fc.nat(3), at: port, zone: fc.boolean() });
    const near = fc.tuple(bytes(16), fc.nat(127));
    fc.assert(
      fc.property(near, spelling, spelling, ([address, bit], one, two) => {
        // Not IPv4 inside IPv6, which is another matter.
        address[0] = (address[0] ?? 0) | 0x20;
        const other = address.with(bit >> 3, (address[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7)));
        const key = keyOf(spell(address, one));
        expect(key).toBeDefined();
        expect(keyOf(spell(address, two))).toBe(key);
        if (bit !== 2) expect(keyOf(spell(other, two)) === key).toBe(bit >= 56);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is none for what is no address, and the request counts for its socket', () => {
    const socket = { remoteAddress: '::ffff:10.1.2.3' };
    const request = (ip: string) => ({ ip, socket });
    const odd = [
      '',
      '1',
      '10.1',
      '0x7f.1.1.1',
      '010.1.1.1',
      '1.2.3.4.5',
      '1.2.3.256',
      ':::',
      '[::1',
    ];
    for (const text of [...odd, 'unknown', '_hidden', '1::2::3', '::1.2.3.4.5', 'a.example:80']) {
      expect([text, clientKey(request(text))]).toEqual([text, '10.1.2.3']);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        expect(clientKey(request(text))).toBe(keyOf(text) ?? '10.1.2.3');
      }),
    );
  });
});

describe('a trusted proxy', () => {
  const trust = createTrust(['10.0.0.0/8', '192.0.2.1', '2001:db8::/33', '::1']);

  test.each([
    '10.9.8.7',
    '10.9.8.7:443',
    '::ffff:10.9.8.7',
    '192.0.2.1',
    '[2001:db8:7fff::1]:80',
    '::1%lo',
  ])('is known as %s', (text) => expect(trust(text)).toBe(true));

  test.each([
    '11.0.0.1',
    '192.0.2.2',
    '2001:db8:8000::1',
    '::2',
    '::10.9.8.7',
    'unknown',
    '',
    '10',
  ])('is not %j', (text) => expect(trust(text)).toBe(false));

  test('is no address where none is named', () => expect(createTrust([])('127.0.0.1')).toBe(false));

  test.each(['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', 'fd00::/128', '0.0.0.0/1'])(
    'may be configured as %s',
    (text) => expect(isNetwork(text)).toBe(true),
  );

  test.each([
    ...['', '10', '10.0.0.0/0', '10.0.0.0/33', '::/129', '::/0', '10.0.0.0/8/8', '10.0.0.0/a'],
    ...[
      '::ffff:10.0.0.0/104',
      '0:0:0:0:0:ffff:a00:0/104',
      '10.0.0.1:80',
      '[::1]',
      'fe80::1%eth0',
      'loopback',
    ],
  ])('may not be configured as %j', (text) => expect(isNetwork(text)).toBe(false));
});

function withPort(host: string, port: number | undefined): string {
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An address in one of the ways to write it. */
function spell(
  bytes: readonly number[],
  { form, at, zone }: { form: number; at: number | undefined; zone: boolean },
): string {
  const hex = Buffer.from(bytes).toString('hex');
  const full = hex.match(/.{4}/g)?.join(':') ?? '';
  const dotted = `${full.slice(0, 29)}:${bytes.slice(12).join('.')}`;
  const short = new URL(`http://[${full}]`).hostname.slice(1, -1);
  const host = [full, full.toUpperCase(), short, dotted][form] ?? '';
  return withPort(zone ? `${host}%25eth${form}` : host, at);
}
