import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FileTally } from './file-tally.ts';
import type { OutgoingEvent } from '@event-platform/testkit/client/outgoing-event';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8'];

function event(fields: Partial<OutgoingEvent>): OutgoingEvent {
  return {
    line: 1,
    json: '{}',
    eventId: 'e1',
    accountId: 'a',
    userId: 'u',
    type: 't',
    timestampMs: 1_000,
    ...fields,
  };
}

function tallyOf(events: OutgoingEvent[]): FileTally {
  const tally = new FileTally();
  for (const one of events) tally.add(one);
  return tally;
}

describe('FileTally', () => {
  test('an event_id counts once per account, by its first line', () => {
    const tally = tallyOf([
      event({}),
      event({ type: 'other', userId: 'other' }),
      event({ accountId: 'b' }),
    ]);
    expect(tally.duplicates).toBe(1);
    const other_types = { types: 0, count: 0 };
    expect([...tally.counts()]).toEqual([
      ['a', { total: 1, by_type: { t: 1 }, other_types, top_users: [{ user_id: 'u', count: 1 }] }],
      ['b', { total: 1, by_type: { t: 1 }, other_types, top_users: [{ user_id: 'u', count: 1 }] }],
    ]);
  });

  test('users are ordered by count down, then by the bytes of their name, and cut at ten', () => {
    const names = ['\u{1F600}', '\uFF5E', 'b', 'a', ...digits];
    const tally = tallyOf([
      ...names.map((userId) => event({ userId, eventId: userId })),
      event({ userId: 'b', eventId: 'second' }),
    ]);
    const users = tally
      .counts()
      .get('a')
      ?.top_users.map(({ user_id }) => user_id);
    expect(users).toEqual(['b', ...digits, 'a']);
    // Beyond ten: U+FF5E sorts before U+1F600 by byte, though not by UTF-16 unit.
    const two = tallyOf(names.slice(0, 2).map((userId) => event({ userId, eventId: userId })));
    expect(two.counts().get('a')?.top_users[0]?.user_id).toBe('\uFF5E');
  });

  test('types may bear any name', () => {
    const types = ['__proto__', 'constructor', 'toString'];
    const counts = tallyOf(types.map((type) => event({ type, eventId: type })))
      .counts()
      .get('a');
    expect(Object.entries(counts?.by_type ?? {})).toEqual(types.map((type) => [type, 1]));
  });

  test('the span holds every timestamp, its end excluded', () => {
    const tally = tallyOf([
      event({ timestampMs: 5 }),
      event({ eventId: 'e2', timestampMs: 9 }),
      event({ eventId: 'e3', timestampMs: undefined }),
    ]);
    expect(tally.span()).toEqual({ fromMs: 5, toMs: 10 });
    expect(tally.untimed).toBe(1);
    expect(new FileTally().span()).toBeUndefined();
  });

  test('a sample holds the last event of every account and spreads over the others', () => {
    const tally = tallyOf([
      ...digits.map((eventId) => event({ eventId })),
      event({ accountId: 'b', timestampMs: undefined }),
    ]);
    expect(tally.sample(4).map(({ accountId, eventId }) => accountId + eventId)).toEqual([
      'a4',
      'a8',
      'be1',
    ]);
    expect(tally.sample(1)).toHaveLength(2);
    expect(new FileTally().sample(4)).toEqual([]);
    expect([...tally.timed()]).toEqual([
      ['a', 8],
      ['b', 0],
    ]);
  });

  test('types and users of an account both add up to its total, in any order of arrival', () => {
    const deadLetter = fc.constantFrom('a', 'b', 'c');
    const one = fc.record({
      accountId: deadLetter,
      userId: deadLetter,
      type: deadLetter,
      eventId: deadLetter,
    });
    fc.assert(
      fc.property(fc.array(one), (fields) => {
        const tally = tallyOf(fields.map((one) => event(one)));
        let distinct = 0;
        for (const { total, by_type, top_users } of tally.counts().values()) {
          expect(Object.values(by_type).reduce((sum, n) => sum + n, 0)).toBe(total);
          expect(top_users.reduce((sum, { count }) => sum + count, 0)).toBe(total);
          distinct += total;
        }
        expect(distinct + tally.duplicates).toBe(fields.length);
      }),
    );
  });
});
