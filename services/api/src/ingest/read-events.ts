import type { Request, Response } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { RequestError } from '@event-platform/shared/contracts/errors';
import type { InputLimits } from '@event-platform/shared/contracts/input-limits';
import type { Hold } from '../limit/fair-share.ts';
import { FairTurns } from '../limit/fair-turns.ts';
import { checkEncoding, inflateBody, readWire, type BodyLimits } from './read-body.ts';
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

const nowMs = () => performance.now();

/**
 * Builds the step that reads a body and judges its events. Small ones are done at once. What is larger is
 * worked on in slices, in turn with other senders', so that neither the event loop nor other tenants wait;
 * and of bodies that inflate beyond what may come plain, one is open at a time.
 */
export function createReadEvents({ limits, bodyTimeoutMs, now }: ReadEventsSettings) {
  const bodyLimits: BodyLimits = { ...limits, bodyTimeoutMs };
  const slices = new FairTurns();
  const inflations = new FairTurns();

  async function sort(bytes: Buffer, asked: EventsRequest): Promise<SortedEvents> {
    const receivedAtMs = now();
    const receivedAt = new Date(receivedAtMs).toISOString();
    const { keyAccount, head, sender } = asked;
    const context = { limits, receivedAtMs, receivedAt, keyAccount, newEventId: uuidv7 };
    const sorter = new EventSorter(context);
    const isSmall = bytes.length <= smallBytes;
    if (isSmall && head.format === 'json') {
      sortSmall(bytes, sorter, limits);
      return sorter.finish();
    }
    const body = new BodySlices(bytes, head.format, sorter, limits);
    let isDone = false;
    while (!isDone) {
      const leave = isSmall ? undefined : await slices.enter(sender);
      try {
        checkPresence(asked);
        isDone = body.next(nowMs);
      } finally {
        leave?.();
      }
    }
    return sorter.finish();
  }

  async function inflateAndSort(wire: Buffer, asked: EventsRequest): Promise<SortedEvents> {
    let leave: (() => void) | undefined;
    const enter = async () => {
      leave = await inflations.enter(asked.sender);
      checkPresence(asked);
    };
    const onPiece = (bytes: number) => (bytes > limits.bodyBytes && !leave ? enter() : undefined);
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
