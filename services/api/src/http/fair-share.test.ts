import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FairShare, type Hold } from './fair-share.ts';

test('one sender alone gets half, and the next ones half of what is left', () => {
  const share = new FairShare(800);
  const [a, b] = [share.open('a'), share.open('b')];
  expect(a.take(401)).toBe(false);
  expect(a.take(400)).toBe(true);
  expect(a.take(1)).toBe(false);
  expect(b.take(201)).toBe(false);
  expect(b.take(200)).toBe(true);
  expect(share).toMatchObject({ used: 600, refusals: 3 });
});

test('several holds of one sender count together', () => {
  const share = new FairShare(800);
  const [first, second] = [share.open('a'), share.open('a')];
  expect(first.take(300)).toBe(true);
  expect(second.take(101)).toBe(false);
  first.release();
  expect(second.take(400)).toBe(true);
});

test('whatever senders take and release: never more than there is, and all of it back in the end', () => {
  const step = fc.record({
    hold: fc.nat(9),
    act: fc.constantFrom('take', 'take', 'take', 'release'),
    amount: fc.nat(400),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const share = new FairShare(1_000);
      const holds = Array.from({ length: 10 }, (_, at): Hold => share.open(`sender ${at % 4}`));
      const expected = holds.map(() => 0);
      const sum = () => expected.reduce((a, b) => a + b, 0);
      for (const { hold: at, act, amount } of steps) {
        if (act === 'release') {
          holds[at]?.release();
          expected[at] = 0;
        } else if (holds[at]?.take(amount)) {
          expected[at] = (expected[at] ?? 0) + amount;
          const ofSender = expected.filter((_, other) => other % 4 === at % 4);
          // A sender that just took something holds at most what is free.
          expect(ofSender.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1_000 - sum());
        }
        expect(share.used).toBe(sum());
      }
      for (const hold of holds) {
        hold.release();
        hold.release();
      }
      expect(share.used).toBe(0);
    }),
  );
});
