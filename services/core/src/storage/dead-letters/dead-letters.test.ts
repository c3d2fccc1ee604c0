import { expect, test } from '@jest/globals';
import type { EventRow } from '../../event/columns.ts';
import { eventRow } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { deadLetterEvent } from './dead-letters.ts';

const home = useTestStore();

const cause = { reason: 'data_error', sqlstate: '22001', message: 'too long', attempts: 1 };

interface DeadLetterRow {
  row: string;
  reason: string;
  sqlstate: string | null;
  message: string;
  attempts: number;
}

async function deadLettersOf(accountId: string): Promise<DeadLetterRow[]> {
  const { rows } = await home.pool.query<DeadLetterRow>(
    'SELECT * FROM dead_letters WHERE account_id = $1',
    [accountId],
  );
  return rows;
}

test('a dead letter keeps the event whole, with the cause', async () => {
  const row = eventRow({ account_id: 'whole', metadata: { nul: '\0', half: '\ud800' } });
  await deadLetterEvent(home.pool, row, cause);
  const [deadLetter] = await deadLettersOf('whole');
  expect(deadLetter).toMatchObject(cause);
  expect(JSON.parse(deadLetter?.row ?? '')).toEqual(row);
});

test('an event that is refused again has one dead letter: the last cause, and all attempts together', async () => {
  const row = eventRow({ account_id: 'again' });
  await deadLetterEvent(home.pool, row, cause);
  const later = { reason: 'attempts_exhausted', sqlstate: undefined, message: 'gone', attempts: 3 };
  await Promise.all([
    deadLetterEvent(home.pool, row, later),
    deadLetterEvent(home.pool, row, later),
  ]);
  expect(await deadLettersOf('again')).toMatchObject([
    { reason: 'attempts_exhausted', sqlstate: null, message: 'gone', attempts: 7 },
  ]);
});

test('whatever PostgreSQL refused, its dead letter can be stored', async () => {
  const hostile: Partial<EventRow>[] = [
    { event_id: 'a\0b' },
    { event_id: '\ud800' },
    { event_id: 'e'.repeat(300) },
    { received_at: 'never' },
    { event_id: '😀'.repeat(255) },
    { metadata: 'no object' as unknown as Record<string, unknown> },
  ];
  for (const changes of hostile) {
    await deadLetterEvent(home.pool, eventRow({ account_id: 'hostile', ...changes }), {
      ...cause,
      message: `\0${'m'.repeat(5_000)}`,
    });
  }
  expect(await deadLettersOf('hostile')).toHaveLength(hostile.length);
});
