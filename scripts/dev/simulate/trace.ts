import { CliError } from '@event-platform/cli/lib/cli-error';

/** Traffic as steps: so many events a second from a moment until that of the next step. */
interface Step {
  /** Seconds since the beginning. */
  atS: number;
  eventsPerS: number;
}

/** Steps in order of time; the last one must say 0, it is the end of the traffic. */
export type Trace = readonly Step[];

/** All events at a constant rate. */
export function burst(events: number, seconds: number): Trace {
  return [
    { atS: 0, eventsPerS: events / seconds },
    { atS: seconds, eventsPerS: 0 },
  ];
}

/**
 * Reads `seconds,events_per_second` lines, with or without a heading, or the JSON of a range query of
 * Prometheus (`/api/v1/query_range`), whose series are added up.
 *
 * @param name of the file, for errors
 * @throws CliError naming the line that is not understood
 */
export function readTrace(text: string, name: string): Trace {
  const points = text.trimStart().startsWith('{') ? readRange(text, name) : readCsv(text, name);
  const [first, second] = points;
  if (!first || !second) throw new CliError(`${name} has fewer than two points.`);
  points.sort((a, b) => a.atS - b.atS);
  const startS = points[0]?.atS ?? 0;
  const steps = points.map(({ atS, eventsPerS }) => ({ atS: atS - startS, eventsPerS }));
  // A point holds until the next; the last one as long as the one before it.
  const [last, before] = [steps.at(-1), steps.at(-2)];
  const endS = (last?.atS ?? 0) * 2 - (before?.atS ?? 0);
  return [...steps, { atS: endS, eventsPerS: 0 }];
}

function readCsv(text: string, name: string): Step[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (line === '' || line.startsWith('#') || (index === 0 && /[a-z]/i.test(line))) return [];
    const [atS, eventsPerS, ...rest] = line.split(',').map(Number);
    if (!isAmount(atS) || !isAmount(eventsPerS) || rest.length > 0) {
      throw new CliError(
        `${name}, line ${index + 1}: "${line}" is not two numbers, as in 60,1500 (second, events a second).`,
      );
    }
    return [{ atS, eventsPerS }];
  });
}

function isAmount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}

interface RangeAnswer {
  data?: { result?: { values?: [number, string][] }[] };
}

function readRange(text: string, name: string): Step[] {
  let answer: RangeAnswer;
  try {
    answer = JSON.parse(text) as RangeAnswer;
  } catch {
    throw new CliError(`${name} begins as JSON and is none.`);
  }
  const series = answer.data?.result;
  if (!Array.isArray(series)) {
    throw new CliError(`${name} is not the answer of /api/v1/query_range: it has no data.result.`);
  }
  const sums = new Map<number, number>();
  for (const { values = [] } of series) {
    for (const [atS, value] of values) sums.set(atS, (sums.get(atS) ?? 0) + (Number(value) || 0));
  }
  return Array.from(sums, ([atS, eventsPerS]) => ({ atS, eventsPerS }));
}
