import type { Request, Response } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { RequestError } from '@event-platform/core/event/errors';
import type { InputLimits } from '@event-platform/core/event/input-limits';
import { FairShare, type Hold } from '../http/fair-share.ts';
import { FairTurns } from '../admission/fair-turns.ts';
import { TurnClock } from '../admission/turn-clock.ts';
import { bodiesFull, checkEncoding, inflateBody, readWire, type BodyLimits } from './read-body.ts';
import type { RequestHead } from './read-head.ts';
import { BodySlices, smallBytes, sortSmall } from './sort-body.ts';
import { EventSorter, type SortedEvents } from './sort-events.ts';

export interface ReadEventsSettings {
  limits: InputLimits;
  bodyTimeoutMs: number;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** A request whose events are to be read. */
export interface EventsRequest {
  request: Request;
  response: Response;
  head: RequestHead;
  /** The account that the API key fixes, if any. */
  keyAccount: string | undefined;
  /** Who shares memory and time with others. */
  sender: string;
  hold: Hold;
}

/** A body that inflates beyond this waits until it is the only one that does. */
const openBytes = 500_000;

/** Bodies that wait for that, in fair shares: as many as are worked off well before their deadline. */
const maxWaiting = 16;

/** Small bodies are done at once up to this much of a turn of the event loop; then they have turns as well. */
const smallTurnMs = 50;

const nowMs = () => performance.now();

/**
 * Builds the step that reads a body and judges its events. Small ones are done at once. What is larger is
 * worked on in slices, in turn with other senders', so that neither the event loop nor other tenants wait;
 * and of bodies that inflate to much, one is open at a time.
 */
export function createReadEvents({ limits, bodyTimeoutMs, now }: ReadEventsSettings) {
  const bodyLimits: BodyLimits = { ...limits, bodyTimeoutMs };
  const slices = new FairTurns();
  const inflations = new FairTurns();
  const waiting = new FairShare(maxWaiting);
  const turn = new TurnClock(smallTurnMs);

  /** Works on a body for a moment, after its turn has come. */
  async function inTurn<T>(asked: EventsRequest, work: () => T): Promise<T> {
    const leave = await slices.enter(asked.sender);
    try {
      checkPresence(asked);
      return work();
    } finally {
      leave();
    }
  }

  async function sort(bytes: Buffer, asked: EventsRequest): Promise<SortedEvents> {
    const receivedAtMs = now();
    const receivedAt = new Date(receivedAtMs).toISOString();
    const { keyAccount, head } = asked;
    const context = { limits, receivedAtMs, receivedAt, keyAccount, newEventId: uuidv7 };
    const sorter = new EventSorter(context);
    if (bytes.length <= smallBytes) {
      const work = () => turn.run(() => sortSmall(bytes, head.format, sorter, limits));
      if (turn.isUsedUp) await inTurn(asked, work);
      else work();
      return sorter.finish();
    }
    const body = new BodySlices(bytes, head.format, sorter, limits);
    while (!(await inTurn(asked, () => body.next(nowMs))));
    return sorter.finish();
  }

  /** Waits until no other body is open that inflates to much. */
  async function openAlone(asked: EventsRequest): Promise<() => void> {
    const place = waiting.open(asked.sender);
    if (!place.take(1)) throw bodiesFull();
    try {
      return await inflations.enter(asked.sender);
    } finally {
      place.release();
    }
  }

  async function inflateAndSort(wire: Buffer, asked: EventsRequest): Promise<SortedEvents> {
    let leave: (() => void) | undefined;
    const open = async () => {
      leave = await openAlone(asked);
      checkPresence(asked);
    };
    const onPiece = (bytes: number) => (bytes > openBytes && !leave ? open() : undefined);
    try {
      const bytes = await inflateBody(wire, limits, asked.hold, onPiece);
      return await sort(checkEncoding(bytes), asked);
    } finally {
      leave?.();
    }
  }

  return async function readEvents(asked: EventsRequest): Promise<SortedEvents> {
    const wire = await readWire(asked.request, bodyLimits, asked.hold);
    return asked.head.isGzip ? inflateAndSort(wire, asked) : sort(checkEncoding(wire), asked);
  };
}

export type ReadEvents = ReturnType<typeof createReadEvents>;

/** Nothing is done for a client that is gone, or has been answered that its time is over. */
function checkPresence({ response }: EventsRequest): void {
  if (response.destroyed || response.headersSent) throw new RequestError('request_aborted');
}
