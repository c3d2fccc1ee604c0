import { timeout, TimeoutStrategy } from 'cockatiel';
import type { RequestHandler } from 'express';
import { RequestError } from '@event-platform/core/event/errors';
import type { Receipt } from '@event-platform/core/event/results';
import { readReceipt } from '@event-platform/core/storage/read/read-receipt';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { WaitingNotes } from '@event-platform/core/queue/waiting-notes';
import { principalOf } from '../access/authenticate.ts';
import { readKnown } from '../http/known-query.ts';
import { notesOf } from '../http/request-notes.ts';
import { readPathName } from './path-name.ts';
import { requireAccount } from './require-account.ts';

export interface ReceiptDependencies {
  notes: Pick<WaitingNotes, 'has'>;
  shards: Pick<ShardMap, 'forAccount'>;
  /** After this long PostgreSQL counts as away. */
  maxWaitMs: number;
}

const retryAfterSeconds = 5;

/** GET /accounts/:id/events/:event_id: what became of one event. */
export function createReceiptRoute(dependencies: ReceiptDependencies): RequestHandler {
  const { notes, shards, maxWaitMs } = dependencies;
  const inTime = timeout(maxWaitMs, TimeoutStrategy.Aggressive);

  return async (request, response) => {
    const accountId = readPathName(request, 'id');
    requireAccount(principalOf(response), accountId);
    notesOf(response).accountId = accountId;
    readKnown(request.query, []);
    const eventId = readPathName(request, 'event_id');
    // The queue first: an event is struck off it only after the COMMIT, so one that has left it is
    // seen by the second look. The other way round it could hide from both.
    const queue = await look(() => notes.has(accountId, eventId));
    const table = await look(() =>
      inTime.execute(() => readReceipt(shards.forAccount(accountId), accountId, eventId)),
    );
    const receipt = judge(queue, table, { account_id: accountId, event_id: eventId });
    if (response.headersSent) return;
    response.setHeader('Cache-Control', 'no-store');
    response.json(receipt);
  };
}

type Look<T> = { answered: true; found: T } | { answered: false; cause: unknown };

async function look<T>(ask: () => Promise<T>): Promise<Look<T>> {
  try {
    return { answered: true, found: await ask() };
  } catch (cause) {
    return { answered: false, cause };
  }
}

/** What two looks, either of which may have gone unanswered, tell about an event. */
function judge(
  queue: Look<boolean>,
  table: Look<Receipt | undefined>,
  ids: Pick<Receipt, 'account_id' | 'event_id'>,
): Receipt {
  if (table.answered && table.found) return table.found;
  if (queue.answered && queue.found) return { ...ids, status: 'queued' };
  if (!table.answered) throw unknownFate('The database does not answer', table.cause);
  if (!queue.answered) throw unknownFate('The queue does not answer', queue.cause);
  throw new RequestError('not_found', 'No event of this id was accepted');
}

function unknownFate(reason: string, cause: unknown): RequestError {
  const detail = `${reason}, so it is not known what became of the event`;
  return new RequestError('unavailable', detail, { retryAfterSeconds, cause });
}
