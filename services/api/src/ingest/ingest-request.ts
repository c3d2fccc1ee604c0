import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestErrorCode } from '@event-platform/core/event/errors';
import type { EventResult } from '@event-platform/core/event/results';
import type { Reply } from '../http/reply.ts';
import type { RequestContext } from '../http/request-context.ts';
import type { Route } from '../http/route.ts';
import type { BodyDecoder } from './decode-body.ts';
import type { WaitPreference } from './wait/read-prefer.ts';

/** A request as it comes off the wire, its body unread. */
export interface IngestMessage extends IncomingMessage {
  /** The parsed query string. */
  query: Readonly<Record<string, unknown>>;
}

/** A request to take events. */
export interface IngestRequest {
  message: IngestMessage;
  /** The client's side: it may leave, or be answered that its time is over. */
  client: Pick<ServerResponse, 'destroyed' | 'headersSent' | 'once' | 'off'>;
  /** The account that the API key fixes, if any. */
  keyAccount: string | undefined;
  /** The sender whose share of memory and time this is. */
  sender: string;
  /** When it began, on the clock of `performance.now()`. */
  startedAtMs: number;
  /** Filled in for metrics. */
  context: RequestContext;
}

/** What query and headers of a request say about its body and its answer. */
export interface IngestHead {
  /** All events are taken, or none. */
  isAtomic: boolean;
  isGzip: boolean;
  decoder: BodyDecoder;
  /** The client prefers an answer after the COMMIT. */
  wait: WaitPreference | undefined;
}

/** What became of the events of a request. */
export type IngestOutcome =
  | {
      /** At least one event was taken. */
      kind: 'taken';
      accepted: number;
      /** One per event. */
      results: EventResult[];
      /** The window of the account, in events; of the tightest account if there are several. */
      quota?: { limit: number; remaining: number };
      /** The preference that was honoured, for Preference-Applied. */
      applied?: string;
      /** An account of the request sends more types than a summary lists. */
      hasManyTypes: boolean;
    }
  | {
      /** No event was taken. */
      kind: 'refused';
      code: RequestErrorCode;
      /** The quota that was hit, in events. */
      limit?: number;
      /** Milliseconds until a retry is worth it; 0 where waiting does not help. */
      retryMs: number;
      /** How many events were refused, and those that say why; absent where the request as a whole is at fault. */
      events?: { rejected: number; results: EventResult[] };
    };

/** A wire format of ingest: what its route is, how its requests are read, and how they are answered. */
export interface IngestAdapter extends Route {
  /** Reads query and headers. @throws RequestError */
  decode: (message: Pick<IngestMessage, 'query' | 'headers'>) => IngestHead;
  encode: (outcome: IngestOutcome, requestId: string) => Reply;
}
