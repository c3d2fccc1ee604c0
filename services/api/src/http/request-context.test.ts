import { expect, test } from '@jest/globals';
import { waitedMsOf } from './request-context.ts';

test('a wait that the client prefers is no part of its latency, also if the client leaves during it', () => {
  expect(waitedMsOf({}, 9_000)).toBe(0);
  expect(waitedMsOf({ waitsSinceMs: 1_000 }, 9_000)).toBe(8_000);
  expect(waitedMsOf({ waitsSinceMs: 1_000, waitedMs: 3_000 }, 9_000)).toBe(3_000);
});
