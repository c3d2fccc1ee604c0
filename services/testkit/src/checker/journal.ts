import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { isTaken, type Outcome } from './classify-attempt.ts';

/** The key of an event and the name of its content. */
export interface JournalEvent {
  accountId: string;
  eventId: string;
  hash: string;
}

/** An event with all that was tried with it. */
export interface AttemptedEvent extends JournalEvent {
  /** The best of its attempts: stored before ok before unknown before rejected. */
  outcome: Outcome;
  attempts: number;
  /** Attempts whose outcome is unknown. */
  unknownAttempts: number;
  /** When it was first accepted, epoch milliseconds. */
  acceptedAtMs: number | undefined;
}

type Line =
  | { at: number; request: number; sent: [accountId: string, eventId: string, hash: string][] }
  | { at: number; request: number; got: Outcome[] };

/**
 * Every attempt on file, as NDJSON: a line with the events before a request leaves, and one with the
 * outcomes after its answer. A client that dies in between leaves attempts whose outcome is unknown.
 */
export class JournalWriter {
  readonly #file: number;
  readonly #now: () => number;
  #requests = 0;

  /** @param now clock in epoch milliseconds */
  constructor(path: string, now: () => number = Date.now) {
    this.#file = openSync(path, 'a');
    this.#now = now;
  }

  /** Call before the request leaves; returns its number. */
  sent(events: readonly JournalEvent[]): number {
    const request = ++this.#requests;
    const sent = events.map(({ accountId, eventId, hash }) => [accountId, eventId, hash] as const);
    this.#write({ at: this.#now(), request, sent });
    return request;
  }

  /** @param outcomes one for each event, in their order */
  got(request: number, outcomes: readonly Outcome[]): void {
    this.#write({ at: this.#now(), request, got: outcomes });
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** The key of an event as one text: NUL cannot be part of either. */
export function eventKey(event: { accountId: string; eventId: string }): string {
  return `${event.accountId}\0${event.eventId}`;
}

/** @throws CliError when the file cannot be read, or is no journal */
export function readJournal(path: string): Map<string, AttemptedEvent> {
  return parseJournal(readFileSync(path, 'utf8'), path);
}

/**
 * Adds up the attempts of each event. Pure.
 *
 * @throws CliError when a line but the last, which a killed client may have left torn, is no line of a journal
 */
export function parseJournal(text: string, name: string): Map<string, AttemptedEvent> {
  const events = new Map<string, AttemptedEvent>();
  const open = new Map<number, AttemptedEvent[]>();
  const lines = text.split('\n');
  const torn = lines.pop();
  for (const [index, text] of lines.entries()) {
    const line = parseLine(text);
    if (line === undefined) {
      throw new CliError(`Line ${index + 1} of ${name} is not of a journal: give the right file.`);
    }
    if ('sent' in line) open.set(line.request, note(events, line.sent));
    else settle(open, line.request, line.got, line.at);
  }
  const last = torn === '' ? undefined : parseLine(torn ?? '');
  if (last && 'sent' in last) open.set(last.request, note(events, last.sent));
  for (const left of open.values()) for (const event of left) count(event, 'unknown');
  return events;
}

function parseLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Partial<Record<'request' | 'sent' | 'got', unknown>>;
    const isOwn = Number.isInteger(line.request) && Array.isArray(line.sent ?? line.got);
    return isOwn ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
}

function note(
  events: Map<string, AttemptedEvent>,
  sent: readonly [string, string, string][],
): AttemptedEvent[] {
  return sent.map(([accountId, eventId, hash]) => {
    const key = eventKey({ accountId, eventId });
    const event = events.get(key) ?? untried({ accountId, eventId, hash });
    event.attempts++;
    events.set(key, event);
    return event;
  });
}

function untried(event: JournalEvent): AttemptedEvent {
  return {
    ...event,
    outcome: 'rejected',
    attempts: 0,
    unknownAttempts: 0,
    acceptedAtMs: undefined,
  };
}

function settle(
  open: Map<number, AttemptedEvent[]>,
  request: number,
  outcomes: readonly Outcome[],
  atMs: number,
): void {
  for (const [index, event] of (open.get(request) ?? []).entries()) {
    const outcome = outcomes[index] ?? 'unknown';
    count(event, outcome);
    if (isTaken(outcome)) event.acceptedAtMs ??= atMs;
  }
  open.delete(request);
}

const rank: Record<Outcome, number> = { rejected: 0, unknown: 1, ok: 2, stored: 3 };

function count(event: AttemptedEvent, outcome: Outcome): void {
  if (outcome === 'unknown') event.unknownAttempts++;
  if (rank[outcome] > rank[event.outcome]) event.outcome = outcome;
}
