import { expect, test } from '@jest/globals';
import { addressKey } from './ip-guard.ts';

test.each([
  ['an IPv4 address is counted whole', '192.0.2.7', '192.0.2.7'],
  ['IPv4 inside IPv6 is the same address', '::ffff:192.0.2.7', '192.0.2.7'],
  ['IPv6 is counted by its first 56 bits', '2001:db8:1:2345:6:7:8:9', '2001:db8:1:2300::/56'],
  ['leading zeros may be left out', '2001:db8::1', '2001:db8:0:0::/56'],
  ['a zone does not matter', 'fe80::1%eth0', 'fe80:0:0:0::/56'],
  ['loopback has a key too', '::1', '0:0:0:0::/56'],
])('%s', (...[, address, key]) => {
  expect(addressKey(address)).toBe(key);
});
