import { instantText } from '../../../event/instant.ts';

/** [start, end) in microseconds since 1970; empty when both are equal. */
export type Span = readonly [startUs: bigint, endUs: bigint];

const minuteUs = 60_000_000n;
/** A quarter of an hour: what a user roll-up covers. */
export const windowUs = 15n * minuteUs;

/** A window as whole units in its middle, and what is ragged before and after. */
export interface SplitWindow {
  head: Span;
  body: Span;
  tail: Span;
}

/** Splits a window into the whole minutes that the roll-up covers and the edges that only rows cover. */
export function splitByMinute(window: Span): SplitWindow {
  return split(window, minuteUs);
}

/** The whole windows in a span, as one span. */
export function wholeWindows(window: Span): Span {
  return split(window, windowUs).body;
}

/**
 * What remains of a span without some of its windows.
 *
 * @param quartersUs starts of whole windows within the span, rising
 */
export function gapsBetween([fromUs, toUs]: Span, windowsUs: readonly bigint[]): Span[] {
  const gaps: Span[] = [];
  let reachedUs = fromUs;
  for (const startUs of windowsUs) {
    if (reachedUs < startUs) gaps.push([reachedUs, startUs]);
    reachedUs = startUs + windowUs;
  }
  if (reachedUs < toUs) gaps.push([reachedUs, toUs]);
  return gaps;
}

/** Points in time as PostgreSQL reads them. */
export function instants(epochUs: readonly bigint[]): string[] {
  return epochUs.map(instantText);
}

function split([fromUs, toUs]: Span, unitUs: bigint): SplitWindow {
  const lastUs = floor(toUs, unitUs);
  const firstUs = -floor(-fromUs, unitUs);
  if (firstUs >= lastUs)
    return { head: [fromUs, toUs], body: [fromUs, fromUs], tail: [toUs, toUs] };
  return { head: [fromUs, firstUs], body: [firstUs, lastUs], tail: [lastUs, toUs] };
}

/** The greatest multiple of the unit that is not above the value. */
function floor(value: bigint, unit: bigint): bigint {
  return value - (((value % unit) + unit) % unit);
}
