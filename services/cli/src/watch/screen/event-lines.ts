import { printable } from '../../lib/table.ts';
import { componentOfName } from '../model/component-of-name.ts';
import type { TimelineEvent } from '../model/sample.ts';
import { clockTime } from './formats.ts';
import { seg, type Line } from './segments.ts';

interface Group {
  event: TimelineEvent;
  count: number;
}

/** Events of one kind within this time of one another share a line. */
const sameWithinMs = 5_000;

/**
 * The last events as lines, oldest first; those of many pods at once, and those that repeat, share one.
 *
 * @param events oldest first
 */
export function eventLines(events: readonly TimelineEvent[], room: number): Line[] {
  return groupEvents(events)
    .slice(-Math.max(0, room))
    .map(({ event, count }) => formatEvent(event, count));
}

/** One event as a line. */
export function formatEvent(event: TimelineEvent, count = 1): Line {
  const { time, kind, name, reason, severity } = event;
  const message = shorten(event.message);
  const style = severity === 'warning' ? 'warn' : 'plain';
  const times = count > 1 ? ` ×${count}` : '';
  const subject = `${kind} ${count > 1 || kind !== 'Pod' ? componentOfName(name) : shortPod(name)}`;
  return [
    seg(`${clockTime(time)}  `, 'faint'),
    seg(printable(subject).padEnd(20), 'faint'),
    seg(`  ${printable(reason)}${times}`, severity === 'warning' ? 'warn' : 'strong'),
    seg(message === '' ? '' : `  ${printable(message)}`, style),
  ];
}

function groupEvents(events: readonly TimelineEvent[]): Group[] {
  const groups: Group[] = [];
  for (const event of events) {
    const found = groups.findLast((group) => isAlike(group.event, event));
    if (found) {
      found.count++;
      // The message of one pod does not apply to all of them.
      const message = found.event.message === event.message ? event.message : '';
      found.event = { ...event, message: event.kind === 'Pod' ? message : event.message };
    } else groups.push({ event, count: 1 });
  }
  return groups.sort((a, b) => a.event.time.localeCompare(b.event.time));
}

function isAlike(a: TimelineEvent, b: TimelineEvent): boolean {
  return (
    a.kind === b.kind &&
    a.reason === b.reason &&
    componentOfName(a.name) === componentOfName(b.name) &&
    (a.kind === 'Pod' || a.message === b.message) &&
    Math.abs(Date.parse(b.time) - Date.parse(a.time)) <= sameWithinMs
  );
}

/** `worker 24n7q` of `ep-event-platform-worker-77c4dcdcb9-24n7q`. */
function shortPod(name: string): string {
  return `${componentOfName(name)} ${name.slice(name.lastIndexOf('-') + 1)}`;
}

/** A message without selectors and full names, which only fill the line. */
function shorten(message: string): string {
  return message
    .replaceAll(/ ?\((?:selector: )?&LabelSelector\{.*?\}\)/g, '')
    .replaceAll(
      /[\w./-]+-(api|worker|maintainer|migrate|replay|redis|postgres)(-[a-z\d]+)*/g,
      '$1',
    );
}
