import { expect, test } from '@jest/globals';
import { readPrefer } from './read-prefer.ts';

const stored = { seconds: undefined, applied: 'wait=stored' };

test.each([
  ['wait=stored', stored],
  ['wait="stored"', stored],
  ['Wait = stored', stored],
  ['wait=stored; foo=bar', stored],
  ['respond-async, wait=stored', stored],
  ['note="a, wait=9", wait=stored', stored],
  ['wait=5', { seconds: 5, applied: 'wait=5' }],
  ['wait=005', { seconds: 5, applied: 'wait=5' }],
  ['respond-async, wait=10', { seconds: 10, applied: 'wait=10' }],
])('%s waits', (header, expected) => {
  expect(readPrefer(header)).toEqual(expected);
});

test.each([
  '',
  ',',
  'wait',
  'wait=',
  'wait=0',
  'wait=-1',
  'wait=1.5',
  'wait=soon',
  'wait=STORED',
  'waiting=stored',
  'return=minimal',
  'note="wait=stored"',
  'wait="stored',
  'wait=1e3',
  '"'.repeat(8_000),
])('what is no wait that we know is ignored: %j', (header) => {
  expect(readPrefer(header)).toBeUndefined();
});

test('of several waits the first counts, also when it says nothing', () => {
  expect(readPrefer('wait=3, wait=stored')).toEqual({ seconds: 3, applied: 'wait=3' });
  expect(readPrefer('wait=soon, wait=stored')).toBeUndefined();
});

test('a request without the header waits for nothing', () => {
  expect(readPrefer(undefined)).toBeUndefined();
});
