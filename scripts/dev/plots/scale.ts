/** Places of numbers on an axis of the plot. */
export interface Scale {
  (value: number): number;
  ticks: readonly number[];
}

/** Steps of time that people read easily, in seconds. */
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];

/** From 0 up to a round number at or above `max`, with about `count` ticks; whole ones where asked. */
export function valueScale(
  max: number,
  [from, to]: readonly [number, number],
  { count = 4, isWhole = false } = {},
): Scale {
  const step = Math.max(roundStep(Math.max(max, 1e-9) / count), isWhole ? 1 : 0);
  const end = Math.max(1, Math.ceil(max / step - 1e-9)) * step;
  return withTicks((value) => from + (value / end) * (to - from), step, end);
}

/** Seconds from 0 to `max`. */
export function timeScale(max: number, [from, to]: readonly [number, number]): Scale {
  const step = timeSteps.find((seconds) => max / seconds <= 10) ?? roundStep(max / 10);
  const end = Math.max(max, 1e-3);
  return withTicks((value) => from + (value / end) * (to - from), step, end);
}

function withTicks(place: (value: number) => number, step: number, end: number): Scale {
  const count = Math.floor(end / step + 1e-9);
  return Object.assign(place, {
    ticks: Array.from({ length: count + 1 }, (_, index) => index * step),
  });
}

/** The next of 1, 2, 5 × 10ⁿ. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9));
  return (factor ?? 10) * power;
}
