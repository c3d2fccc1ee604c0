import { describe, expect, test } from '@jest/globals';
import { sampleConditions } from '../../../report/sample-results.ts';
import type { Share } from '../experiments/shares.ts';
import type { FairRound } from '../run-rounds.ts';
import { jainIndex, tierRatio } from './fairness.ts';
import { fillDocument } from '../../../report/fill-document.ts';
import { formatFairness } from './markdown.ts';
import { summariseFairness } from './results.ts';

const share = (goodput: number, weight = 1): Share => ({
  account: 'a',
  weight,
  backlog: 0,
  goodput,
});
const shares = (...goodputs: number[]) => goodputs.map((goodput) => share(goodput));

describe('Jain’s index', () => {
  test('is 1 for equal shares, 1/n when one gets all, 0 when all get nothing', () => {
    expect(jainIndex(shares(5, 5, 5, 5))).toBe(1);
    expect(jainIndex(shares(8, 0, 0, 0))).toBe(0.25);
    expect(jainIndex(shares(0, 0))).toBe(0);
  });

  test('compares shares by weight', () => {
    expect(jainIndex([share(10, 1), share(40, 4)])).toBe(1);
  });
});

test('the ratio of tiers is that of their means', () => {
  expect(tierRatio([share(9, 1), share(11, 1), share(39, 4), share(41, 4)])).toBe(4);
});

describe('the results', () => {
  const waits = (p99: number) => ({
    p50: p99 / 2,
    p99,
    max: p99,
    samples: 100,
    storedPerSecond: 1_000,
    backlog: [0, 5_000] as [number, number],
  });
  const round = (flooded: number, heavy: number): FairRound => ({
    equal: shares(5, 5),
    equalByArrival: shares(1, 9),
    tiers: [share(10, 1), share(heavy, 4)],
    capacity: 1_020,
    floodPerSecond: 400,
    unloaded: waits(20),
    flood: waits(flooded),
    backlog: waits(flooded * 2),
    backlogByArrival: waits(9_000),
  });

  test('hold medians of the ratios within each round against the targets', () => {
    const results = summariseFairness(sampleConditions, [
      round(30, 40),
      round(50, 45),
      round(70, 47),
    ]);
    expect(results.quiet.flood.ratio).toEqual({ median: 2.5, min: 1.5, max: 3.5 });
    expect(results.targets.map(({ isMet }) => isMet)).toEqual([true, false, true, true]);
    expect(formatFairness(results)).toContain(
      '| quiet p99, flood with a backlog ÷ alone | ≤ 3 | 5.00 | **no** |',
    );
  });
});

test('a document keeps everything but what is between its markers', () => {
  const document = 'a\n<!-- measured:x -->\nold\n<!-- /measured:x -->\nb\n';
  const filled = fillDocument(document, 'x', 'new');
  expect(filled).toBe('a\n<!-- measured:x -->\n\nnew\n\n<!-- /measured:x -->\nb\n');
  expect(fillDocument(filled, 'x', 'new')).toBe(filled);
  expect(() => fillDocument(document, 'y', 'new')).toThrow('has no <!-- measured:y -->');
});
