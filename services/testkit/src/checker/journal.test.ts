import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eventKey, JournalWriter, parseJournal, readJournal } from './journal.ts';

const dir = mkdtempSync(join(tmpdir(), 'ep-journal-'));
afterAll(() => rmSync(dir, { recursive: true }));

const event = (eventId: string) => ({ accountId: 'a', eventId, hash: `hash of ${eventId}` });

describe('a journal', () => {
  test('gives every event the best of its attempts, and the moment it was first accepted', () => {
    const file = join(dir, 'journal');
    let atMs = 0;
    const journal = new JournalWriter(file, () => ++atMs);
    const first = journal.sent([event('x'), event('y'), event('z')]);
    journal.got(first, ['unknown', 'rejected', 'rejected']);
    const second = journal.sent([event('x'), event('y')]);
    journal.got(second, ['ok', 'unknown']);
    journal.close();
    const read = readJournal(file);
    expect(read.get(eventKey(event('x')))).toEqual({
      ...event('x'),
      outcome: 'ok',
      attempts: 2,
      unknownAttempts: 1,
      acceptedAtMs: 4,
    });
    expect([...read.values()].map(({ outcome }) => outcome)).toEqual(['ok', 'unknown', 'rejected']);
  });

  test('of a client that was killed counts what has no answer as unknown, torn lines too', () => {
    const sent = '{"at":1,"request":1,"sent":[["a","x","h"]]}';
    expect([...parseJournal(`${sent}\n`, 'j').values()]).toMatchObject([{ outcome: 'unknown' }]);
    expect([...parseJournal(sent, 'j').values()]).toMatchObject([{ outcome: 'unknown' }]);
    const torn = `${sent}\n{"at":2,"request":1,"got":["o`;
    expect([...parseJournal(torn, 'j').values()]).toMatchObject([{ outcome: 'unknown' }]);
  });

  test('that is another file is refused with its line', () => {
    expect(() => parseJournal('{"account_id":"a"}\n', 'events.ndjson')).toThrow(
      'Line 1 of events.ndjson is not of a journal: give the right file.',
    );
  });
});
