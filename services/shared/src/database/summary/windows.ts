/** [start, end) in epoch milliseconds; empty when both are equal. */
export type Span = readonly [startMs: number, endMs: number];

const minuteMs = 60_000;
export const hourMs = 3_600_000;

/** A window as whole units in its middle, and what is ragged before and after. */
export interface SplitWindow {
  head: Span;
  body: Span;
  tail: Span;
}

/** Splits a window into the whole minutes that the roll-up covers and the edges that only rows know. */
export function splitByMinute(window: Span): SplitWindow {
  return split(window, minuteMs);
}

/** The whole hours of a window, as one span. */
export function wholeHours(window: Span): Span {
  return split(window, hourMs).body;
}

/**
 * What of a window some of its hours leave over.
 *
 * @param hoursMs starts of whole hours within the window, rising
 */
export function gapsBetween([fromMs, toMs]: Span, hoursMs: readonly number[]): Span[] {
  const gaps: Span[] = [];
  let reachedMs = fromMs;
  for (const startMs of hoursMs) {
    if (reachedMs < startMs) gaps.push([reachedMs, startMs]);
    reachedMs = startMs + hourMs;
  }
  if (reachedMs < toMs) gaps.push([reachedMs, toMs]);
  return gaps;
}

function split([fromMs, toMs]: Span, unitMs: number): SplitWindow {
  const firstMs = Math.ceil(fromMs / unitMs) * unitMs;
  const lastMs = Math.floor(toMs / unitMs) * unitMs;
  if (firstMs >= lastMs)
    return { head: [fromMs, toMs], body: [fromMs, fromMs], tail: [toMs, toMs] };
  return { head: [fromMs, firstMs], body: [firstMs, lastMs], tail: [lastMs, toMs] };
}
