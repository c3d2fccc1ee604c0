import { randomUUIDv7 } from 'node:crypto';
import { RequestError } from '@event-platform/core/event/errors';
import type { InputLimits } from '@event-platform/core/event/input-limits';
import { FairShare, type Hold } from '../http/fair-share.ts';
import { isOver } from '../http/reply.ts';
import { FairTurns } from '../admission/fair-turns.ts';
import { TurnClock } from '../admission/turn-clock.ts';
import { bodiesFull, checkEncoding, inflateBody, readWire, type BodyLimits } from './read-body.ts';
import { smallBytes } from './decode-body.ts';
import type { IngestHead, IngestRequest } from './ingest-request.ts';
import { EventValidator, type ValidatedEvents } from './validate-events.ts';

export interface ReadEventsSettings {
  limits: InputLimits;
  bodyTimeoutMs: number;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** A request whose events are to be read. */
export interface EventsRequest extends Pick<
  IngestRequest,
  'message' | 'client' | 'keyAccount' | 'sender'
> {
  head: Pick<IngestHead, 'decoder' | 'isGzip'>;
  /** The memory that its body takes. */
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
 * Builds the step that reads a body, and decodes and validates its events. A small body is done at once. A
 * larger one is worked on in slices, in turn with those of other senders, so that neither the event loop nor
 * other tenants wait. Of bodies that inflate to much, one is open at a time.
 */
export function createReadEvents({ limits, bodyTimeoutMs, now }: ReadEventsSettings) {
  const bodyLimits: BodyLimits = { ...limits, bodyTimeoutMs };
  const slices = new FairTurns();
  const inflations = new FairTurns();
  const waiting = new FairShare(maxWaiting);
  const turn = new TurnClock(smallTurnMs);

  /** Works on a body for a moment, after its turn has come. */
  async function inTurn<T>(request: EventsRequest, work: () => T): Promise<T> {
    const leave = await slices.enter(request.sender);
    try {
      checkPresence(request);
      return work();
    } finally {
      leave();
    }
  }

  async function validate(bytes: Buffer, request: EventsRequest): Promise<ValidatedEvents> {
    const receivedAtMs = now();
    const receivedAt = new Date(receivedAtMs).toISOString();
    const { keyAccount, head } = request;
    const context = { limits, receivedAtMs, receivedAt, keyAccount, newEventId: randomUUIDv7 };
    const validator = new EventValidator(context);
    if (bytes.length <= smallBytes) {
      const work = () => turn.run(() => head.decoder.whole(bytes, validator, limits));
      if (turn.isUsedUp) await inTurn(request, work);
      else work();
      return validator.finish();
    }
    const body = head.decoder.inSlices(bytes, validator, limits);
    while (!(await inTurn(request, () => body.next(nowMs))));
    return validator.finish();
  }

  /** Waits until no other body is open that inflates to much. */
  async function openAlone(request: EventsRequest): Promise<() => void> {
    const place = waiting.open(request.sender);
    if (!place.take(1)) throw bodiesFull();
    try {
      return await inflations.enter(request.sender);
    } finally {
      place.release();
    }
  }

  async function inflateAndValidate(
    wire: Buffer,
    request: EventsRequest,
  ): Promise<ValidatedEvents> {
    let leave: (() => void) | undefined;
    const open = async () => {
      leave = await openAlone(request);
      checkPresence(request);
    };
    const onPiece = (bytes: number) => (bytes > openBytes && !leave ? open() : undefined);
    try {
      const bytes = await inflateBody(wire, limits, request.hold, onPiece);
      return await validate(checkEncoding(bytes), request);
    } finally {
      leave?.();
    }
  }

  return async function readEvents(request: EventsRequest): Promise<ValidatedEvents> {
    const wire = await readWire(request.message, bodyLimits, request.hold);
    return request.head.isGzip
      ? inflateAndValidate(wire, request)
      : validate(checkEncoding(wire), request);
  };
}

export type ReadEvents = ReturnType<typeof createReadEvents>;

/** Nothing is done for a client that has left, or has been answered that its time is over. */
function checkPresence({ client }: EventsRequest): void {
  if (isOver(client)) throw new RequestError('request_aborted');
}
