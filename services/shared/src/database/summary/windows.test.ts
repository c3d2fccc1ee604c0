import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gapsBetween, quarterMs, splitByMinute, wholeQuarters, type Span } from './windows.ts';

const minuteMs = 60_000;
const window = fc
  .tuple(
    fc.integer({ min: -10 * quarterMs, max: 10 * quarterMs }),
    fc.integer({ min: -10 * quarterMs, max: 10 * quarterMs }),
  )
  .map(([one, two]): Span => [Math.min(one, two), Math.max(one, two)]);

/** Spans that are not empty, which have to follow one another from the window's start to its end. */
function expectToFill([fromMs, toMs]: Span, parts: readonly Span[]): void {
  let reachedMs = fromMs;
  for (const [startMs, endMs] of parts) {
    expect(startMs).toBe(reachedMs);
    expect(endMs).toBeGreaterThan(startMs);
    reachedMs = endMs;
  }
  expect(reachedMs).toBe(toMs);
}

describe('the parts of a window', () => {
  test('follow one another without gap or overlap, and the body is whole minutes', () => {
    fc.assert(
      fc.property(window, (whole) => {
        const { head, body, tail } = splitByMinute(whole);
        expectToFill(
          whole,
          [head, body, tail].filter(([startMs, endMs]) => startMs < endMs),
        );
        expect(Math.abs((body[1] - body[0]) % minuteMs)).toBe(0);
        if (body[0] < body[1]) expect(Math.abs(body[0] % minuteMs)).toBe(0);
        // The edges stay short, so that few raw rows are read.
        for (const [startMs, endMs] of [head, tail]) {
          expect(endMs - startMs).toBeLessThan(2 * minuteMs);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('some of its quarters, and what they leave over, fill it exactly', () => {
    fc.assert(
      fc.property(window, fc.infiniteStream(fc.boolean()), (whole, takes) => {
        const [firstMs, endMs] = wholeQuarters(whole);
        const quarters: number[] = [];
        for (let quarter = firstMs; quarter < endMs; quarter += quarterMs) {
          if (takes.next().value === true) quarters.push(quarter);
        }
        const taken = quarters.map((quarter): Span => [quarter, quarter + quarterMs]);
        const parts = [...taken, ...gapsBetween(whole, quarters)];
        expectToFill(
          whole,
          parts.sort(([one], [two]) => one - two),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
