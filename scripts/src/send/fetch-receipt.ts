import { receiptSchema, type Receipt } from '@event-platform/shared/contracts/results';
import { askServer, type ReadClient } from './ask-server.ts';

/**
 * Asks the server what became of one event.
 *
 * @returns undefined when it does not say
 */
export async function fetchReceipt(
  client: ReadClient,
  accountId: string,
  eventId: string,
): Promise<Receipt['status'] | undefined> {
  const path = `/accounts/${encodeURIComponent(accountId)}/events/${encodeURIComponent(eventId)}`;
  const answer = await askServer(client, path);
  return answer?.status === 200 ? receiptSchema.safeParse(answer.body).data?.status : undefined;
}
