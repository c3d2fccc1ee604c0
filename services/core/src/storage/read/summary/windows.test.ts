import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gapsBetween, windowUs, splitByMinute, wholeWindows, type Span } from './windows.ts';

const minuteUs = 60_000_000n;
const instant = fc.oneof(
  fc.bigInt({ min: -10n * windowUs, max: 10n * windowUs }),
  fc.bigInt({ min: -10n, max: 10n }).map((window) => window * windowUs),
);
const window = fc
  .tuple(instant, instant)
  .map(([one, two]): Span => (one < two ? [one, two] : [two, one]));

/** Spans that are not empty, which have to follow one another from the window's start to its end. */
function expectToFill([fromUs, toUs]: Span, parts: readonly Span[]): void {
  let reachedUs = fromUs;
  for (const [startUs, endUs] of parts) {
    expect(startUs).toBe(reachedUs);
    expect(endUs).toBeGreaterThan(startUs);
    reachedUs = endUs;
  }
  expect(reachedUs).toBe(toUs);
}

describe('the parts of a window', () => {
  test('follow one another without gap or overlap, and the body is whole minutes', () => {
    fc.assert(
      fc.property(window, (whole) => {
        const { head, body, tail } = splitByMinute(whole);
        expectToFill(
          whole,
          [head, body, tail].filter(([startUs, endUs]) => startUs < endUs),
        );
        expect((body[1] - body[0]) % minuteUs).toBe(0n);
        if (body[0] < body[1]) expect(body[0] % minuteUs).toBe(0n);
        // The edges stay short, so that few raw rows are read.
        for (const [startUs, endUs] of [head, tail]) {
          expect(endUs - startUs).toBeLessThan(2n * minuteUs);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('some of its windows, and what they leave over, fill it exactly', () => {
    fc.assert(
      fc.property(window, fc.infiniteStream(fc.boolean()), (whole, takes) => {
        const [firstUs, endUs] = wholeWindows(whole);
        const windows: bigint[] = [];
        for (let window = firstUs; window < endUs; window += windowUs) {
          if (takes.next().value === true) windows.push(window);
        }
        const taken = windows.map((window): Span => [window, window + windowUs]);
        const parts = [...taken, ...gapsBetween(whole, windows)];
        expectToFill(
          whole,
          parts.sort(([one], [two]) => (one < two ? -1 : 1)),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
