import { receiptSchema, type Receipt } from '@event-platform/core/event/results';
import { queryServer, type ReadClient } from './query-server.ts';

/** `absent`: the server has no such event. `hidden`: the key may not read it. */
export type EventOutcome = Receipt['status'] | 'absent' | 'hidden';

/** What the server says to a reader: 405 is no platform of this version. */
const eventStatusOf: Partial<Record<number, EventOutcome>> = {
  401: 'hidden',
  403: 'hidden',
  404: 'absent',
  405: 'hidden',
};

/**
 * Asks the server what became of one event.
 *
 * @returns undefined when it does not say right now
 */
export async function fetchReceipt(
  client: ReadClient,
  accountId: string,
  eventId: string,
): Promise<EventOutcome | undefined> {
  const path = `/accounts/${encodeURIComponent(accountId)}/events/${encodeURIComponent(eventId)}`;
  const answer = await queryServer(client, path);
  if (answer?.status === 200) return receiptSchema.safeParse(answer.body).data?.status;
  return answer && eventStatusOf[answer.status];
}
