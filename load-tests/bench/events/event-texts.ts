import { eventColumns, plainRow } from '@event-platform/core/event/columns';
import type { EventInput } from '@event-platform/core/event/event';
import { writeRows } from '@event-platform/core/event/row-lines';
import type { TypeCount } from '@event-platform/core/event/count';
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

/** An event as the job carries it: a line of core/event/row-lines.ts. */
export function rowText(event: SampleEvent): string {
  return writeRows([
    {
      ...plainRow('', event.timestamp),
      ...event,
      event_id: idPlaceholder,
    },
  ]);
}

/** How many of the events fall on each account, minute and type, as the api counts them. */
export function countsOf(events: readonly SampleEvent[]): TypeCount[] {
  const minuteCounts = new Map<string, TypeCount>();
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
 * An event as a line of COPY in text format, written without the codec; sample events hold
 * nothing that needs escaping.
 */
export function copyLine(event: SampleEvent): string {
  const metadata = JSON.stringify(event.metadata);
  const row = { ...plainRow('', event.timestamp), ...event, event_id: idPlaceholder, metadata };
  return `${eventColumns.map(({ name }) => row[name]).join('\t')}\n`;
}
