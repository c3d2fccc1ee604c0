import { RequestError } from '@event-platform/core/event/errors';
import type { InputLimits } from '@event-platform/core/event/input-limits';

/** What a request may hold, as far as it is seen before anything is parsed. */
export type ScanLimits = Pick<InputLimits, 'valuesPerRequest' | 'eventsPerRequest'>;

/** Where the text of one event stands in a body, in bytes. */
export interface EventSpan {
  from: number;
  to: number;
  /**
   * How many bytes it has at least as compact JSON: white space counts nothing, an escape one. Less only
   * where a key comes twice, or a number is written with digits that it does not need.
   */
  size: number;
}

/** A piece was scanned in which no event ended: a place to let the event loop go on. */
export const pause = Symbol('pause');

/** How many lines a request may have: blank ones may be as many as events. */
function maxLines(events: number): number {
  return events * 2;
}

/** Counts what a request holds; each throws a RequestError, named by its method, when it is too much. */
export class ScanCounter {
  private readonly limits: ScanLimits;
  private events = 0;
  private lines = 0;

  constructor(limits: ScanLimits) {
    this.limits = limits;
  }

  /** @throws RequestError too_many_values */
  values(values: number): void {
    const limit = this.limits.valuesPerRequest;
    if (values > limit) throw tooMany('too_many_values', 'values', limit);
  }

  /** @throws RequestError too_many_events */
  event(): void {
    const limit = this.limits.eventsPerRequest;
    if (++this.events > limit) throw tooMany('too_many_events', 'events', limit);
  }

  /** @throws RequestError too_many_lines */
  line(): void {
    const limit = maxLines(this.limits.eventsPerRequest);
    if (++this.lines > limit) throw tooMany('too_many_lines', 'lines', limit);
  }
}

/** A request that holds more of something than it may. */
export function tooMany(
  code: 'too_many_values' | 'too_many_events' | 'too_many_lines',
  what: string,
  limit: number,
): RequestError {
  return new RequestError(code, `A request holds at most ${limit} ${what}`, { extra: { limit } });
}
