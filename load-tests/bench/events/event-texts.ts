import type { EventInput, EventRow } from '@event-platform/shared/contracts/event';
import type { Random } from '@event-platform/shared/testing/seeded-random';
import { accountName, sampleEvent, type SampleEvent } from './sample-event.ts';
import { idPlaceholder } from './template.ts';

/** Accounts follow each other in runs of this many events, as requests of 100 make them do. */
const runOfOneAccount = 100;

/** Sample events as they reach a writer: of all accounts, a hundred of each in turn. */
export function sampleEvents(random: Random, count: number, nowMs: number): SampleEvent[] {
  return Array.from({ length: count }, (_, index) =>
    sampleEvent(random, accountName(Math.floor(index / runOfOneAccount)), nowMs),
  );
}

/** An event as a tenant posts it. */
export function postText(event: SampleEvent): string {
  return JSON.stringify({ ...event, event_id: idPlaceholder } satisfies EventInput);
}

/** An event as the job carries it and json_to_recordset reads it. */
export function rowText(event: SampleEvent): string {
  return JSON.stringify({
    a: event.account_id,
    e: idPlaceholder,
    u: event.user_id,
    t: event.type,
    s: event.timestamp,
    r: event.timestamp,
    m: event.metadata,
  } satisfies EventRow);
}

/** An event as a line of COPY in text format; sample events hold nothing that needs escaping. */
export function copyLine(event: SampleEvent): string {
  const { account_id, user_id, type, timestamp, metadata } = event;
  const fields = [account_id, idPlaceholder, user_id, type, timestamp, timestamp];
  return `${fields.join('\t')}\t${JSON.stringify(metadata)}\n`;
}
