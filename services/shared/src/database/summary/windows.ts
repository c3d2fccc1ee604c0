/** [start, end) in epoch milliseconds; empty when both are equal. */
export type Span = readonly [startMs: number, endMs: number];

const minuteMs = 60_000;
/** A quarter of an hour: what a fold covers. */
export const quarterMs = 15 * minuteMs;

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

/** The whole quarters of an hour in a window, as one span. */
export function wholeQuarters(window: Span): Span {
  return split(window, quarterMs).body;
}

/**
 * What of a window some of its quarters leave over.
 *
 * @param quartersMs starts of whole quarters within the window, rising
 */
export function gapsBetween([fromMs, toMs]: Span, quartersMs: readonly number[]): Span[] {
  const gaps: Span[] = [];
  let reachedMs = fromMs;
  for (const startMs of quartersMs) {
    if (reachedMs < startMs) gaps.push([reachedMs, startMs]);
    reachedMs = startMs + quarterMs;
  }
  if (reachedMs < toMs) gaps.push([reachedMs, toMs]);
  return gaps;
}

/** Points in time as PostgreSQL reads them. */
export function instants(epochMs: readonly number[]): string[] {
  return epochMs.map((ms) => new Date(ms).toISOString());
}

function split([fromMs, toMs]: Span, unitMs: number): SplitWindow {
  const firstMs = Math.ceil(fromMs / unitMs) * unitMs;
  const lastMs = Math.floor(toMs / unitMs) * unitMs;
  if (firstMs >= lastMs)
    return { head: [fromMs, toMs], body: [fromMs, fromMs], tail: [toMs, toMs] };
  return { head: [fromMs, firstMs], body: [firstMs, lastMs], tail: [lastMs, toMs] };
}
