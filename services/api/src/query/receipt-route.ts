import type { RequestHandler } from 'express';
import { RequestError } from '@event-platform/core/event/errors';
import type { Receipt } from '@event-platform/core/event/results';
import { readReceipt } from '@event-platform/core/storage/read/read-receipt';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { PendingIds } from '@event-platform/core/queue/pending-ids';
import { within } from '@event-platform/core/platform/within';
import { principalOf } from '../access/authenticate.ts';
import { readKnown } from '../http/known-query.ts';
import { requestContextOf } from '../http/request-context.ts';
import { readPathName } from './path-name.ts';
import { requireAccount } from './require-account.ts';

export interface ReceiptDependencies {
  pendingIds: Pick<PendingIds, 'has'>;
  shards: Pick<ShardMap, 'forAccount'>;
  /** After this long PostgreSQL counts as unavailable. */
  maxWaitMs: number;
}

const retryAfterSeconds = 5;

/** GET /accounts/:id/events/:event_id: what became of one event. */
export function createReceiptRoute(dependencies: ReceiptDependencies): RequestHandler {
  const { pendingIds, shards, maxWaitMs } = dependencies;

  return async (request, response) => {
    const accountId = readPathName(request, 'id');
    requireAccount(principalOf(response), accountId);
    requestContextOf(response).accountId = accountId;
    readKnown(request.query, []);
    const eventId = readPathName(request, 'event_id');
    // The queue first: an event leaves it only after the COMMIT, so one that has left it is
    // seen by the second read. The other way round both could miss it.
    const queue = await readNow(() => pendingIds.has(accountId, eventId));
    const table = await readNow(() =>
      within(maxWaitMs, readReceipt(shards.forAccount(accountId), accountId, eventId)),
    );
    const receipt = isServed(queue, table, { account_id: accountId, event_id: eventId });
    if (response.headersSent) return;
    response.setHeader('Cache-Control', 'no-store');
    response.json(receipt);
  };
}

type Read<T> = { answered: true; found: T } | { answered: false; cause: unknown };

async function readNow<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { answered: true, found: await read() };
  } catch (cause) {
    return { answered: false, cause };
  }
}

/** What two reads, either of which may be unanswered, say about an event. */
function isServed(
  queue: Read<boolean>,
  table: Read<Receipt | undefined>,
  ids: Pick<Receipt, 'account_id' | 'event_id'>,
): Receipt {
  if (table.answered && table.found) return table.found;
  if (queue.answered && queue.found) return { ...ids, status: 'queued' };
  if (!table.answered) throw unknownStatus('The database does not answer', table.cause);
  if (!queue.answered) throw unknownStatus('The queue does not answer', queue.cause);
  throw new RequestError('not_found', 'No event of this id was accepted');
}

function unknownStatus(reason: string, cause: unknown): RequestError {
  const detail = `${reason}, so it is not known what became of the event`;
  return new RequestError('unavailable', detail, { retryAfterSeconds, cause });
}
