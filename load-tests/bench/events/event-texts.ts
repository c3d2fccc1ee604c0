import type { EventInput } from '@event-platform/core/event/event';
import { writeRows } from '@event-platform/core/event/row-lines';
import type { RollUpCount } from '@event-platform/core/storage/write/copy-events';
import type { Random } from '@event-platform/testkit/harness/seeded-random';
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

/** An event as the job carries it: a line of contracts/row-lines.ts. */
export function rowText(event: SampleEvent): string {
  return writeRows([
    {
      a: event.account_id,
      e: idPlaceholder,
      u: event.user_id,
      t: event.type,
      s: event.timestamp,
      r: event.timestamp,
      m: event.metadata,
    },
  ]);
}

/** How many of the events fall on each account, minute and type, as the api counts them. */
export function countsOf(events: readonly SampleEvent[]): RollUpCount[] {
  const minuteCounts = new Map<string, RollUpCount>();
  for (const { account_id: accountId, timestamp, type } of events) {
    const minute = Math.floor(Date.parse(timestamp) / 60_000);
    const name = `${accountId} ${minute} ${type}`;
    const known = minuteCounts.get(name);
    if (known) known.events++;
    else minuteCounts.set(name, { accountId, minute, type, events: 1 });
  }
  return [...minuteCounts.values()];
}

/**
 * An event as a line of COPY in text format, written without any code of ours; sample events hold
 * nothing that needs escaping.
 */
export function copyLine(event: SampleEvent): string {
  const { account_id, user_id, type, timestamp, metadata } = event;
  const fields = [account_id, idPlaceholder, user_id, type, timestamp, timestamp];
  return `${fields.join('\t')}\t${JSON.stringify(metadata)}\n`;
}
