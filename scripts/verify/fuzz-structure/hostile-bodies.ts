import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { JournalEvent } from '@event-platform/testkit/checker/journal';
import { eventWith } from './makers.ts';
import type { ShapedBody } from './shapes.ts';

const deflate = promisify(gzip);

/** What one event, or one request, may hold at most by the contract. */
const eventsOfTheLargest = 150;
const charactersOfTheLargest = 65_000;

/**
 * Four bodies that are small on the wire, or legal, and cost a careless receiver its memory or its time.
 * Those of `large` are legal: their events have to be taken, or refused by a code of overload.
 */
export const hostileKinds = ['brackets', 'objects', 'blank-lines', 'large'] as const;
export type HostileKind = (typeof hostileKinds)[number];

/**
 * Makes one.
 *
 * @param names gives events their account and the start of their ids
 */
export async function hostileBody(
  kind: HostileKind,
  names: { account: string; idPrefix: string },
): Promise<ShapedBody> {
  const { text, isLines, events } = unpacked(kind, names);
  return {
    ...{ kind, events, isGzip: true, inflatedBytes: text.length },
    contentType: isLines ? 'application/x-ndjson' : 'application/json',
    bytes: await deflate(text, { level: 9 }),
  };
}

function unpacked(
  kind: HostileKind,
  names: { account: string; idPrefix: string },
): { text: Buffer; isLines: boolean; events: JournalEvent[] } {
  if (kind === 'large') {
    const events = largeEvents(names, eventsOfTheLargest);
    return {
      text: Buffer.from(`[${events.texts.join(',')}]`),
      isLines: false,
      events: events.journal,
    };
  }
  const text = {
    brackets: () => '['.repeat(10_000_000),
    objects: () => eventWith(`{"list":[${'{},'.repeat(3_000_000)}{}]}`, names, 0).text,
    'blank-lines': () => '\n'.repeat(10_000_000),
  }[kind]();
  return { text: Buffer.from(text), isLines: kind === 'blank-lines', events: [] };
}

/** Events with the largest metadata that is legal. */
function largeEvents(
  names: { account: string; idPrefix: string },
  count: number,
): { texts: string[]; journal: JournalEvent[] } {
  const metadata = `{"text":"${'x'.repeat(charactersOfTheLargest)}"}`;
  const made = Array.from({ length: count }, (_, index) => eventWith(metadata, names, index));
  return { texts: made.map(({ text }) => text), journal: made.map(({ event }) => event) };
}
