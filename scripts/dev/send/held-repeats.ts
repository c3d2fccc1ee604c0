import type { FileTally } from './file-tally.ts';
import type { OutgoingEvent } from '@event-platform/testkit/client/outgoing-event';

/** How much is held back at most before it has to be sent. */
export interface HeldBounds {
  events: number;
  /** Of the events' JSON. */
  bytes: number;
}

const heldBounds: HeldBounds = { events: 50_000, bytes: 64 * 1024 * 1024 };

/**
 * Lines whose (account_id, event_id) an earlier line of the file has. Which of two requests is stored
 * first is left to chance, so a repeat has to wait until its first is stored; where the first is
 * refused, the next accepted line of that id counts instead.
 */
export class HeldRepeats {
  private readonly tally: Pick<FileTally, 'has'>;
  private readonly bounds: HeldBounds;
  /** Being sent: no more than all senders have in hand. */
  private readonly undecided = new Set<string>();
  private readonly held = new Map<string, OutgoingEvent[]>();
  private bytes = 0;
  /** How many are held back. */
  count = 0;

  /** @param tally knows what was accepted */
  constructor(tally: Pick<FileTally, 'has'>, bounds = heldBounds) {
    this.tally = tally;
    this.bounds = bounds;
  }

  get isFull(): boolean {
    return this.count >= this.bounds.events || this.bytes >= this.bounds.bytes;
  }

  /**
   * Keeps a repeat and notes a first.
   *
   * @returns false when the event may be sent now; `decided` has to be called with it then
   */
  hold(event: OutgoingEvent): boolean {
    // An id that is no text is refused: it repeats nothing.
    if (event.eventId === '') return false;
    const key = keyOf(event);
    const repeats = this.held.get(key);
    if (!repeats && !this.undecided.has(key) && !this.tally.has(event)) {
      this.undecided.add(key);
      return false;
    }
    if (repeats) repeats.push(event);
    else this.held.set(key, [event]);
    this.count++;
    this.bytes += Buffer.byteLength(event.json);
    return true;
  }

  /** Takes note that the server has accepted or refused these. */
  decided(events: readonly OutgoingEvent[]): void {
    for (const event of events) this.undecided.delete(keyOf(event));
  }

  /** One repeat of each id that was accepted. To be called while nothing is being sent. */
  accepted(): OutgoingEvent[] {
    return [...this.held.values()].flatMap(([event]) =>
      event && this.tally.has(event) ? [event] : [],
    );
  }

  /** Takes out all repeats of these events. */
  take(events: readonly OutgoingEvent[]): OutgoingEvent[] {
    return events.flatMap((event) => this.release(keyOf(event), Infinity));
  }

  /** Takes out all repeats of accepted events, and the next line of each id that was refused so far. */
  takeReady(): OutgoingEvent[] {
    return [...this.held].flatMap(([key, [event]]) =>
      this.release(key, event && this.tally.has(event) ? Infinity : 1),
    );
  }

  private release(key: string, most: number): OutgoingEvent[] {
    const repeats = this.held.get(key) ?? [];
    const released = repeats.splice(0, most);
    if (repeats.length === 0) this.held.delete(key);
    this.count -= released.length;
    for (const { json } of released) this.bytes -= Buffer.byteLength(json);
    return released;
  }
}

function keyOf({ accountId, eventId }: OutgoingEvent): string {
  return JSON.stringify([accountId, eventId]);
}
