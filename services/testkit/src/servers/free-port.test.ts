import { expect, test } from '@jest/globals';
import { freePort } from './free-port.ts';

test('no port is given twice, though nothing listens on it yet', async () => {
  // By chance alone two of so many would be the same in nine of ten runs.
  const ports = await Promise.all(Array.from({ length: 220 }, () => freePort()));
  expect(new Set(ports).size).toBe(ports.length);
});
