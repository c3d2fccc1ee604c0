import { beforeAll, expect, test } from '@jest/globals';
import type { EventRow } from '../../event/event.ts';
import { parseInstant } from '../../event/instant.ts';
import { eventRow } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import type { DeadLetterFilter } from './dead-letter-filter.ts';
import { eachDeadLetter } from './dead-letter-list.ts';
import { buryEvent } from './dead-letters.ts';

const home = useTestStore();
beforeAll(async () => {
  const bury = (changes: Partial<EventRow>, reason: string, sqlstate?: string) =>
    buryEvent(home.pool, eventRow(changes), { reason, sqlstate, message: '', attempts: 1 });
  const tricky = { t: 'say "hi"', u: '","t":"fake"', m: { t: 'click' } };
  await bury({ e: 'quoted', ...tricky }, 'attempts_exhausted');
  await bury({ e: 'refused', t: 'click' }, 'data_error', '22001');
  await bury({ a: 'other', e: 'old', t: 'click' }, 'data_error', '22P05');
  await home.pool.query(
    `UPDATE dead_letters SET died_at = '2013-02-01T00:00:00.123456Z' WHERE event_id = 'old'`,
  );
});

async function meant(filter: Omit<DeadLetterFilter, 'isDiscarded'>): Promise<string[]> {
  const ids: string[] = [];
  for await (const letter of eachDeadLetter(home.pool, { ...filter, isDiscarded: false })) {
    ids.push(letter.eventId);
  }
  return ids;
}

test('letters are chosen by each property, and all that are given must fit', async () => {
  expect(await meant({})).toEqual(['quoted', 'refused', 'old']);
  expect(await meant({ accountId: 'other' })).toEqual(['old']);
  expect(await meant({ reason: 'data_error' })).toEqual(['refused', 'old']);
  expect(await meant({ sqlstate: '22001' })).toEqual(['refused']);
  const died = parseInstant('2013-02-01T00:00:00.123456Z') ?? 0n;
  expect(await meant({ sinceUs: died + 1n })).toEqual(['quoted', 'refused']);
  expect(await meant({ sinceUs: died })).toEqual(['quoted', 'refused', 'old']);
  expect(await meant({ untilUs: died + 1n })).toEqual(['old']);
  expect(await meant({ untilUs: died })).toEqual([]);
  expect(await meant({ type: 'click', sinceUs: died + 1n })).toEqual(['refused']);
});

test('the type is the event’s own, whatever else is written like it', async () => {
  expect(await meant({ type: 'say "hi"' })).toEqual(['quoted']);
  expect(await meant({ type: 'fake' })).toEqual([]);
  expect(await meant({ type: 'click' })).toEqual(['refused', 'old']);
});
