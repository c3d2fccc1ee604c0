import { eventErrors, requestErrors } from '@event-platform/core/event/errors';
import { formatCount, formatTable } from '@event-platform/cli/lib/table';
import type { Rejection } from './classify-answer.ts';

/** How many line numbers are kept for each code. */
const linesPerCode = 5;

/** Why a line that repeats an event_id was left out. */
export const firstNotStored = 'first_not_stored';

/** Rejections by code: how many, and where the first ones are. */
export class RejectionLog {
  private readonly byCode = new Map<string, { count: number; lines: number[] }>();
  count = 0;

  add({ code, line }: Rejection): void {
    this.count++;
    const entry = this.byCode.get(code) ?? { count: 0, lines: [] };
    entry.count++;
    // Batches end in any order; the smallest numbers are the first lines.
    entry.lines = [...entry.lines, line].sort((a, b) => a - b).slice(0, linesPerCode);
    this.byCode.set(code, entry);
  }

  /** One row a code, most frequent first. */
  table(): string {
    const rows = [...this.byCode]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([code, { count, lines }]) => [
        code,
        count,
        lines.join(', ') + (count > lines.length ? ', …' : ''),
        meaningOf(code),
      ]);
    return formatTable(['rejected because', 'events', 'lines', 'meaning'], rows);
  }
}

export interface SendTotals {
  accepted: number;
  /** Repetitions within the file. */
  duplicates: number;
  /** Accepted events that have no timestamp, repetitions left out. */
  untimed: number;
  retries: number;
  tookMs: number;
}

/**
 * The account of the sending itself, as lines of text.
 *
 * @param storedBefore how many of the accepted events with a timestamp the server had before;
 *   undefined when that is not known
 */
export function formatTotals(
  totals: SendTotals,
  rejections: RejectionLog,
  storedBefore: number | undefined,
): string {
  const sent = totals.accepted + rejections.count;
  const seconds = totals.tookMs / 1000;
  const rate = Math.round(totals.accepted / Math.max(seconds, 0.001));
  const rows: [string, string][] = [
    ['sent', formatCount(sent)],
    ['accepted', `${formatCount(totals.accepted)} (${describeDuplicates(totals, storedBefore)})`],
    ['rejected', formatCount(rejections.count)],
    ['retries', formatCount(totals.retries)],
    ['took', `${seconds.toFixed(1)} s, ${formatCount(rate)} events/s`],
  ];
  const text = rows.map(([name, value]) => `${name.padEnd(10)}${value}`).join('\n');
  return rejections.count === 0 ? text : `${text}\n\n${rejections.table()}`;
}

function describeDuplicates(totals: SendTotals, storedBefore: number | undefined): string {
  const { duplicates, untimed } = totals;
  if (storedBefore === undefined) {
    return `${formatCount(duplicates)} of them duplicates within the file; stored before: unknown`;
  }
  const found = `${formatCount(duplicates + storedBefore)} of them duplicates`;
  return untimed === 0 ? found : `${found}; unknown for ${formatCount(untimed)} without timestamp`;
}

/** The catalogue's sentence; codes of the sender's own have theirs here. */
function meaningOf(code: string): string {
  if (Object.hasOwn(eventErrors, code)) return eventErrors[code as keyof typeof eventErrors];
  if (Object.hasOwn(requestErrors, code)) {
    return requestErrors[code as keyof typeof requestErrors].title;
  }
  if (/^http_\d+$/.test(code)) return `The server kept answering ${code.slice(5)}`;
  if (code === firstNotStored) {
    return 'An earlier line has its event_id and was not stored in time, so it was not sent';
  }
  return 'The server could not be reached until the time for retries was up';
}
