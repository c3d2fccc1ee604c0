import { beforeAll, expect, test } from '@jest/globals';
import type { EventRow } from '../../event/columns.ts';
import { parseInstant } from '../../event/instant.ts';
import { eventRow } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import type { DeadLetterFilter } from './dead-letter-filter.ts';
import { eachDeadLetter } from './dead-letter-list.ts';
import { deadLetterEvent } from './dead-letters.ts';

const home = useTestStore();
beforeAll(async () => {
  const addDeadLetter = (changes: Partial<EventRow>, reason: string, sqlstate?: string) =>
    deadLetterEvent(home.pool, eventRow(changes), { reason, sqlstate, message: '', attempts: 1 });
  const tricky = {
    type: 'say "hi"',
    user_id: '","type":"fake"',
    metadata: { type: 'click' },
  };
  await addDeadLetter({ event_id: 'quoted', ...tricky }, 'attempts_exhausted');
  await addDeadLetter({ event_id: 'refused', type: 'click' }, 'data_error', '22001');
  await addDeadLetter(
    { account_id: 'other', event_id: 'old', type: 'click' },
    'data_error',
    '22P05',
  );
  await home.pool.query(
    `UPDATE dead_letters SET dead_lettered_at = '2013-02-01T00:00:00.123456Z' WHERE event_id = 'old'`,
  );
});

async function meant(filter: Omit<DeadLetterFilter, 'isDiscarded'>): Promise<string[]> {
  const ids: string[] = [];
  for await (const deadLetter of eachDeadLetter(home.pool, { ...filter, isDiscarded: false })) {
    ids.push(deadLetter.eventId);
  }
  return ids;
}

test('dead letters are selected by each property, and all given ones must match', async () => {
  expect(await meant({})).toEqual(['quoted', 'refused', 'old']);
  expect(await meant({ accountId: 'other' })).toEqual(['old']);
  expect(await meant({ reason: 'data_error' })).toEqual(['refused', 'old']);
  expect(await meant({ sqlstate: '22001' })).toEqual(['refused']);
  const deadLettered = parseInstant('2013-02-01T00:00:00.123456Z') ?? 0n;
  expect(await meant({ sinceUs: deadLettered + 1n })).toEqual(['quoted', 'refused']);
  expect(await meant({ sinceUs: deadLettered })).toEqual(['quoted', 'refused', 'old']);
  expect(await meant({ untilUs: deadLettered + 1n })).toEqual(['old']);
  expect(await meant({ untilUs: deadLettered })).toEqual([]);
  expect(await meant({ type: 'click', sinceUs: deadLettered + 1n })).toEqual(['refused']);
});

test('the type is the event’s own, whatever else is written like it', async () => {
  expect(await meant({ type: 'say "hi"' })).toEqual(['quoted']);
  expect(await meant({ type: 'fake' })).toEqual([]);
  expect(await meant({ type: 'click' })).toEqual(['refused', 'old']);
});
