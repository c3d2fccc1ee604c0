import type { TimelineSample } from '../model/sample.ts';
import { formatEvent } from './event-lines.ts';
import { clockTime, countOrDash, duration } from './formats.ts';
import { textOf } from './segments.ts';

/** What a log shows of a sample: its events, then the numbers in one line. */
export function plainLines(sample: TimelineSample): { events: string[]; numbers: string } {
  const { workers, api, queue } = sample;
  const parts = {
    workers: `${countOrDash(workers?.ready)}/${countOrDash(workers?.wanted)}`,
    api: `${countOrDash(api?.ready)}/${countOrDash(api?.wanted)}`,
    waiting: countOrDash(queue && queue.waiting + queue.prioritized),
    active: countOrDash(queue?.active),
    delayed: countOrDash(queue?.delayed),
    failed: countOrDash(queue?.failed),
    oldest: duration(queue?.oldestAgeS),
    in: `${countOrDash(sample.inPerS)}/s`,
    out: `${countOrDash(sample.outPerS)}/s`,
    dead: countOrDash(sample.dead),
  };
  const numbers = Object.entries(parts).map(([name, value]) => `${name} ${value}`);
  return {
    events: sample.events.map((event) => textOf(formatEvent(event)).trimEnd()),
    numbers: numbers.join('  '),
  };
}

/** The line with its time before it. */
export function timed(sample: TimelineSample, text: string): string {
  return `${clockTime(sample.time)}  ${text}`;
}
