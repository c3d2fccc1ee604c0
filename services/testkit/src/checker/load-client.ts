import { setTimeout as sleep } from 'node:timers/promises';
import { postEvents } from '../client/event-client.ts';
import type { CheckEvent } from './check-event.ts';
import { eventKey, type JournalEvent, type JournalWriter } from './journal.ts';
import { isTaken, classifyAttempt, type Outcome, type Reply } from './classify-attempt.ts';
import { hashPayload } from './payload-hash.ts';

export interface LoadSettings {
  /** Of the api, without a path. */
  url: string;
  apiKey?: string | undefined;
  eventsPerSecond: number;
  eventsPerRequest: number;
  /** Of the events that are posted, so many, from 0 to 1, were posted before. Asked for each. */
  duplicateShare: () => number;
  /** Of the requests, so many, from 0 to 1, ask for an answer after the COMMIT. Asked for each. */
  waitShare: () => number;
  /** An attempt without an answer by then is unknown. */
  timeoutMs: number;
  /** With so many requests unsettled, new ones wait. */
  maxOpen: number;
  nextEvent: () => CheckEvent;
  /** Numbers from 0 up to `below`. */
  random: (below: number) => number;
}

/** Pause before the same events are posted again; half of it is left to chance. */
const retryMs = 400;

/** A larger body goes packed: on the wire the api takes a megabyte. */
const packFromCharacters = 500_000;

/** Earlier events that duplicates are drawn from. */
const remembered = 2_000;

interface Prepared extends JournalEvent {
  json: string;
}

/**
 * Posts events at a steady rate, whatever the answers, and writes every attempt into the journal.
 * What was not accepted is posted again with the same ids, sooner than Retry-After asks for, until
 * it is, or until the end.
 */
export class LoadClient {
  readonly #settings: LoadSettings;
  readonly #journal: JournalWriter;
  readonly #accepted = new Set<string>();
  readonly #recent: Prepared[] = [];
  readonly #deliveries = new Set<Promise<void>>();
  /** Requests end by their timeout alone. */
  readonly #never = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isEnding = false;

  constructor(settings: LoadSettings, journal: JournalWriter) {
    this.#settings = settings;
    this.#journal = journal;
  }

  /** Distinct events that were accepted so far. */
  get accepted(): number {
    return this.#accepted.size;
  }

  /** Requests that are not settled yet. */
  get open(): number {
    return this.#deliveries.size;
  }

  start(): void {
    const { eventsPerSecond, eventsPerRequest, maxOpen } = this.#settings;
    this.#timer = setInterval(
      () => {
        if (this.#deliveries.size < maxOpen) this.#begin();
      },
      (1_000 * eventsPerRequest) / eventsPerSecond,
    );
  }

  /** Posts nothing new, and goes on with what is open for at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    clearInterval(this.#timer);
    const end = setTimeout(() => (this.#isEnding = true), graceMs);
    await Promise.all(this.#deliveries);
    clearTimeout(end);
  }

  /**
   * Posts events of somebody else's making in one request, beside the load, and again until they are accepted.
   * Nothing of them is kept here: who posts them twice makes them twice.
   */
  async post(events: readonly CheckEvent[], timeoutMs: number): Promise<void> {
    await this.#track(this.#deliver(events.map(prepare), timeoutMs));
  }

  #begin(): void {
    const events = Array.from({ length: this.#settings.eventsPerRequest }, () => this.#next());
    void this.#track(this.#deliver(events, this.#settings.timeoutMs));
  }

  #track(delivery: Promise<void>): Promise<void> {
    const tracked = delivery.finally(() => this.#deliveries.delete(tracked));
    this.#deliveries.add(tracked);
    return tracked;
  }

  #next(): Prepared {
    const { duplicateShare, nextEvent, random } = this.#settings;
    const again = this.#recent[random(Math.max(1, this.#recent.length))];
    if (again && random(1_000) < duplicateShare() * 1_000) return again;
    const event = prepare(nextEvent());
    if (this.#recent.length < remembered) this.#recent.push(event);
    else this.#recent[random(remembered)] = event;
    return event;
  }

  async #deliver(events: Prepared[], timeoutMs: number): Promise<void> {
    let left = events;
    for (;;) {
      const outcomes = await this.#attempt(left, timeoutMs);
      left = left.filter((event, index) => {
        if (!isTaken(outcomes[index])) return true;
        this.#accepted.add(eventKey(event));
        return false;
      });
      if (left.length === 0 || this.#isEnding) return;
      await sleep(retryMs / 2 + this.#settings.random(retryMs));
    }
  }

  async #attempt(events: Prepared[], timeoutMs: number): Promise<Outcome[]> {
    const request = this.#journal.sent(events);
    const outcomes = classifyAttempt(events.length, await this.#post(events, timeoutMs));
    this.#journal.got(request, outcomes);
    return outcomes;
  }

  /** The wait ends before the timeout, so that its answer arrives. */
  #preference(): string | undefined {
    const { waitShare, random, timeoutMs } = this.#settings;
    const share = waitShare();
    if (share === 0 || random(1_000) >= share * 1_000) return undefined;
    return `wait=${Math.ceil(timeoutMs / 2_000)}`;
  }

  async #post(events: Prepared[], timeoutMs: number): Promise<Reply> {
    const { url, apiKey } = this.#settings;
    const characters = events.reduce((sum, { json }) => sum + json.length, 0);
    const isGzip = characters > packFromCharacters;
    const { signal } = this.#never;
    const answer = await postEvents(
      { url, apiKey, format: 'json', isGzip, timeoutMs, signal, prefer: this.#preference() },
      events,
    );
    return answer.kind === 'answer' ? { status: answer.status, body: answer.body } : undefined;
  }
}

function prepare(event: CheckEvent): Prepared {
  const { account_id: accountId, event_id: eventId } = event;
  return { accountId, eventId, hash: hashPayload(event), json: JSON.stringify(event) };
}
