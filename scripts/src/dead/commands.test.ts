import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { EventRow } from '@event-platform/shared/contracts/event';
import { buryEvent } from '@event-platform/shared/database/dead-letters';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/shared/testing/test-database';
import { runEp } from '../lib/run-ep.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
});
beforeEach(() => pool.query('TRUNCATE events, event_counts, dead_letters'));
afterAll(async () => {
  await pool.end();
  await database.drop();
});

function row(eventId: string, changed: Partial<EventRow> = {}): EventRow {
  const at = '2013-01-01T05:15:00-05:00';
  return { a: 'UA', e: eventId, u: 'N1', t: 'departed', s: at, r: at, m: {}, ...changed };
}

async function bury(event: EventRow, reason = 'attempts_exhausted'): Promise<void> {
  await buryEvent(pool, event, { reason, sqlstate: undefined, message: 'died', attempts: 5 });
}

/** One that PostgreSQL refuses whenever it is tried: 22P05. */
const poison = row('poison', { m: { text: 'a\0b' } });

const dead = (...args: string[]) => runEp(['dead', ...args], { DATABASE_URL: database.url });

async function ids(table: 'events' | 'dead_letters'): Promise<string[]> {
  const { rows } = await pool.query<{ event_id: string }>(
    `SELECT event_id FROM ${table} ORDER BY event_id`,
  );
  return rows.map(({ event_id }) => event_id);
}

describe('ep dead replay', () => {
  test('an event is stored with its roll-up and loses its letter; a poison keeps it', async () => {
    await bury(row('good'));
    await bury(poison);
    const replayed = await dead('replay', '--all', '--yes');
    expect(replayed.stdout).toMatch(/^stored +UA good$/m);
    expect(replayed.stdout).toMatch(/^dead again +UA poison {2}22P05: /m);
    expect(replayed.code).toBe(1);
    expect(await ids('events')).toEqual(['good']);
    expect(await ids('dead_letters')).toEqual(['poison']);
    const counts = await pool.query('SELECT account_id, type, count FROM event_counts');
    expect(counts.rows).toEqual([{ account_id: 'UA', type: 'departed', count: '1' }]);
  });

  test('a letter of a stored event goes, and nothing is stored or counted twice', async () => {
    await bury(row('e'));
    await dead('replay', 'UA', 'e');
    await bury(row('e'));
    const again = await dead('replay', '--account', 'UA');
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/^duplicate +UA e$/m);
    expect(await ids('dead_letters')).toEqual([]);
    const counts = await pool.query('SELECT sum(count)::int AS n FROM event_counts');
    expect(counts.rows).toEqual([{ n: 1 }]);
  });

  test('a dry run tells the same and leaves everything as it was', async () => {
    await bury(row('good'));
    await bury(row('there'));
    await dead('replay', 'UA', 'there');
    await bury(row('there'));
    await bury(poison);
    const before = await pool.query('SELECT * FROM dead_letters ORDER BY event_id');
    const { stdout } = await dead('replay', '--all', '--dry-run');
    expect(stdout).toMatch(/^would-store +UA good$/m);
    expect(stdout).toMatch(/^duplicate +UA there$/m);
    expect(stdout).toMatch(/^would-fail +UA poison {2}22P05: unsupported Unicode/m);
    expect(await ids('events')).toEqual(['there']);
    const after = await pool.query('SELECT * FROM dead_letters ORDER BY event_id');
    expect(after.rows).toEqual(before.rows);
  });

  test('a letter that holds an unreadable job is never stored as an event', async () => {
    await bury(row('job-7', { a: 'unknown', t: 'unreadable' }), 'job_unreadable');
    const replayed = await dead('replay', '--all', '--yes');
    expect(replayed.stdout).toMatch(/^not an event +unknown job-7$/m);
    expect(await ids('events')).toEqual([]);
    expect(await ids('dead_letters')).toEqual(['job-7']);
  });

  test('more letters than a page are each replayed once', async () => {
    await pool.query(
      `INSERT INTO dead_letters (account_id, event_id, row, reason, message, attempts, received_at)
       SELECT 'UA', n::text, replace($1, 'NUMBER', n::text), 'attempts_exhausted', '', 1, now()
       FROM generate_series(1, 1201) AS n`,
      [JSON.stringify(row('NUMBER'))],
    );
    const { stdout } = await dead('replay', '--all', '--yes');
    expect(stdout).toMatch(/^1,201 stored\.$/m);
    expect(await ids('dead_letters')).toEqual([]);
    expect(await ids('events')).toHaveLength(1_201);
  });

  test('nothing happens to all letters without a yes, and nothing at all to letters unnamed', async () => {
    await bury(row('e'));
    const all = await dead('replay', '--all');
    expect(all.code).toBe(1);
    expect(all.stderr).toMatch(/--yes/);
    expect((await dead('replay')).code).toBe(2);
    expect((await dead('replay', 'UA')).code).toBe(2);
    expect((await dead('replay', 'UA', 'e', '--all')).code).toBe(2);
    expect(await ids('dead_letters')).toEqual(['e']);
  });
});

describe('ep dead discard', () => {
  test('a discarded letter stays with its reason, and is listed and replayed only by name', async () => {
    await bury(row('e'));
    const discarded = await dead('discard', 'UA', 'e', '--reason', 'test data');
    expect(discarded.code).toBe(0);
    expect((await dead('list')).stdout).toMatch(/no such dead letters/);
    expect((await dead('list', '--discarded')).stdout).toMatch(/UA +e .*test data/);
    expect((await dead('replay', '--account', 'UA')).stdout).toMatch(/no such dead letters/);
    expect((await dead('discard', 'UA', 'e', '--reason', 'x')).stderr).toMatch(/already/);
    expect((await dead('replay', 'UA', 'e')).stdout).toMatch(/^stored/m);
  });

  test('the letters of an account go together, and no others', async () => {
    await bury(row('1'));
    await bury(row('2'));
    await bury(row('3', { a: 'AA' }));
    const { stdout } = await dead('discard', '--account', 'UA', '--reason', 'closed');
    expect(stdout).toMatch(/^2 discarded/);
    expect((await dead('list')).stdout).toMatch(/AA +3 /);
  });
});

describe('ep dead list and show', () => {
  test('filters, bounds and letters that would steer the terminal', async () => {
    await bury(row('e\u001b[2J'));
    await bury(row('other'), 'data_error');
    const listed = await dead('list', '--reason', 'attempts_exhausted');
    expect(listed.stdout).toContain(String.raw`e\u001b[2J`);
    expect(listed.stdout).not.toContain('other');
    expect((await dead('list', '--limit', '1')).stdout).toMatch(/1 of 2;/);
  });

  test('show gives the whole event, and says when there is none', async () => {
    await bury(poison);
    const shown = await dead('show', 'UA', 'poison');
    expect(shown.stdout).toContain(String.raw`"metadata":{"text":"a\u0000b"}`);
    expect(shown.stdout).toMatch(/^stored +no$/m);
    const none = await dead('show', 'UA', 'none');
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/no dead letter of event none.*ep dead list/);
  });
});
