import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import type { EventRow } from '@event-platform/core/event/columns';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { deadLetterEvent } from '@event-platform/core/storage/dead-letters/dead-letters';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { jobText } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { runEp } from '@event-platform/testkit/client/run-ep';

const home = useTestStore({ empty: 'events, event_counts, dead_letters' });
afterAll(async () => {
  await corner.cleanup();
});

function row(eventId: string, changed: Partial<EventRow> = {}): EventRow {
  const at = '2013-01-01T05:15:00-05:00';
  return {
    account_id: 'UA',
    event_id: eventId,
    user_id: 'N1',
    type: 'departed',
    timestamp: at,
    received_at: at,
    metadata: {},
    ...changed,
  };
}

async function addDeadLetter(event: EventRow, reason = 'attempts_exhausted'): Promise<void> {
  await deadLetterEvent(home.pool, event, {
    reason,
    sqlstate: undefined,
    message: 'died',
    attempts: 5,
  });
}

/** One that PostgreSQL refuses whenever it is tried: 22P05. */
const poison = row('poison', { metadata: { text: 'a\0b' } });

const corner = testRedis();
const env = () => ({
  DATABASE_URL: home.url,
  REDIS_URL: corner.url,
  REDIS_PREFIX: corner.prefix,
});
const dead = (...args: string[]) => runEp(['dead', ...args], env());

const cli = fileURLToPath(new URL('../../../../scripts/dev/cli.ts', import.meta.url));

/** Starts a command that the test watches while it runs. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [cli, 'dead', ...args], {
    env: { PATH: process.env['PATH'], ...env() },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  return { child, said: () => output };
}

/** Passes an event for the dead letter `long` to `ep dead edit` by standard input. */
const edit = (event: object) => runEp(['dead', 'edit', 'UA', 'long'], env(), JSON.stringify(event));

async function ids(table: 'events' | 'dead_letters'): Promise<string[]> {
  const { rows } = await home.pool.query<{ event_id: string }>(
    `SELECT event_id FROM ${table} ORDER BY event_id`,
  );
  return rows.map(({ event_id }) => event_id);
}

describe('ep dead replay', () => {
  test('an event is stored with its roll-up and its dead letter is deleted; that of a poison event stays', async () => {
    await addDeadLetter(row('good'));
    await addDeadLetter(poison);
    const replayed = await dead('replay', '--all', '--yes');
    expect(replayed.stdout).toMatch(/^stored +UA good$/m);
    expect(replayed.stdout).toMatch(/^dead again +UA poison {2}22P05: /m);
    expect(replayed.code).toBe(1);
    expect(await ids('events')).toEqual(['good']);
    expect(await ids('dead_letters')).toEqual(['poison']);
    const counts = await home.pool.query('SELECT account_id, type, count FROM event_counts');
    expect(counts.rows).toEqual([{ account_id: 'UA', type: 'departed', count: 1 }]);
  });

  test('a dead letter of a stored event is deleted, and nothing is stored or counted twice', async () => {
    await addDeadLetter(row('e'));
    await dead('replay', 'UA', 'e');
    await addDeadLetter(row('e'));
    const again = await dead('replay', '--account', 'UA');
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/^duplicate +UA e$/m);
    expect(await ids('dead_letters')).toEqual([]);
    const counts = await home.pool.query('SELECT sum(count)::int AS n FROM event_counts');
    expect(counts.rows).toEqual([{ n: 1 }]);
  });

  test('a dry run prints the same and changes nothing', async () => {
    await addDeadLetter(row('good'));
    await addDeadLetter(row('there'));
    await dead('replay', 'UA', 'there');
    await addDeadLetter(row('there'));
    await addDeadLetter(poison);
    const before = await home.pool.query('SELECT * FROM dead_letters ORDER BY event_id');
    const { stdout } = await dead('replay', '--all', '--dry-run');
    expect(stdout).toMatch(/^would-store +UA good$/m);
    expect(stdout).toMatch(/^duplicate +UA there$/m);
    expect(stdout).toMatch(/^would-fail +UA poison {2}22P05: unsupported Unicode/m);
    expect(await ids('events')).toEqual(['there']);
    const after = await home.pool.query('SELECT * FROM dead_letters ORDER BY event_id');
    expect(after.rows).toEqual(before.rows);
  });

  test('a dead letter that holds an unreadable job is never stored as an event', async () => {
    await addDeadLetter(
      row('job-7', { account_id: 'unknown', type: 'unreadable' }),
      'job_unreadable',
    );
    const replayed = await dead('replay', '--all', '--yes');
    expect(replayed.stdout).toMatch(/^not an event +unknown job-7$/m);
    expect(await ids('events')).toEqual([]);
    expect(await ids('dead_letters')).toEqual(['job-7']);
  });

  test('more dead letters than a page are each replayed once', async () => {
    await home.pool.query(
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

  test('--all needs a confirmation, and a selection is required', async () => {
    await addDeadLetter(row('e'));
    const all = await dead('replay', '--all');
    expect(all.code).toBe(1);
    expect(all.stderr).toMatch(/--yes/);
    expect((await dead('replay')).code).toBe(2);
    expect((await dead('replay', 'UA')).code).toBe(2);
    expect((await dead('replay', 'UA', 'e', '--all')).code).toBe(2);
    expect((await dead('replay', '--account', 'UA', '--all')).code).toBe(2);
    expect(await ids('dead_letters')).toEqual(['e']);
  });

  test('nothing is replayed while live jobs wait, and all of it once they are gone', async () => {
    await addDeadLetter(row('e'));
    const redis = new Redis(corner.url);
    const waiting = queueKeys(corner.prefix, 'events').prioritized;
    await redis.zadd(waiting, ...Array.from({ length: 11 }, (_, job) => [1, job]).flat());
    const { child, said } = start('replay', '--all', '--yes', '--yield-above', '10');
    await eventually(() => said().includes('waits for 11 live jobs'));
    expect(await ids('events')).toEqual([]);
    await redis.zpopmin(waiting);
    await once(child, 'close');
    expect(said()).toMatch(/^stored +UA e$/m);
    redis.disconnect();
  });

  test('an interruption ends it between two dead letters, and the same command continues', async () => {
    for (let n = 0; n < 5; n++) await addDeadLetter(row(`e${n}`));
    const { child, said } = start('replay', '--all', '--yes', '--rate', '1');
    await eventually(() => said().includes('stored'));
    child.kill('SIGINT');
    await once(child, 'close');
    expect(said()).toMatch(/Interrupted after \d stored/);
    const [left, stored] = [await ids('dead_letters'), await ids('events')];
    expect(left.length).toBeGreaterThan(0);
    expect([...stored, ...left].sort()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4']);
    await dead('replay', '--all', '--yes');
    expect(await ids('events')).toHaveLength(5);
  });

  test('filters select the dead letters, and a limit bounds them', async () => {
    for (const id of ['one', 'two', 'three']) await addDeadLetter(row(id), 'data_error');
    await addDeadLetter(row('four', { type: 'arrived' }), 'data_error');
    await addDeadLetter(row('five'));
    const filter = ['--reason', 'data_error', '--type', 'departed', '--limit', '2'];
    const { stdout } = await dead('replay', ...filter);
    expect(stdout).toMatch(/^2 stored\.$/m);
    expect(await ids('events')).toEqual(['one', 'three']);
  });
});

describe('ep dead edit', () => {
  const corrected = { event_id: 'long', user_id: 'N1', type: 'departed', metadata: { gate: 7 } };

  test('an edited event is stored by a replay, after a dry run; show has both versions', async () => {
    await addDeadLetter(row('long', { type: 't'.repeat(60) }), 'data_error');
    const edited = await edit(corrected);
    expect(edited.stdout).toMatch(/^type +"t+" → "departed"$/m);
    expect(edited.stdout).toMatch(/^metadata +\{\} → \{"gate":7\}$/m);
    const shown = await dead('show', 'UA', 'long');
    expect(shown.stdout).toContain('t'.repeat(60));
    expect(shown.stdout).toMatch(/as edited.*\n.*"metadata":\{"gate":7\}/);
    expect((await dead('replay', '--all', '--dry-run')).stdout).toMatch(/^would-store +UA long$/m);
    await dead('replay', '--all', '--yes');
    const { rows } = await home.pool.query('SELECT type, metadata, received_at FROM events');
    const receivedAt = new Date('2013-01-01T05:15:00-05:00');
    expect(rows).toEqual([{ type: 'departed', metadata: { gate: 7 }, received_at: receivedAt }]);
  });

  test('what ingest would refuse is refused, and so is another id', async () => {
    await addDeadLetter(row('long', { type: 't'.repeat(60) }), 'data_error');
    expect((await edit({ ...corrected, type: '' })).stderr).toMatch(/^\/type: .*\(type_empty\)/);
    expect((await edit({ ...corrected, event_id: 'x' })).stderr).toMatch(/cannot change the id/);
    const { rows } = await home.pool.query('SELECT edited_row FROM dead_letters');
    expect(rows).toEqual([{ edited_row: null }]);
  });

  test('what show writes can be edited, and undone', async () => {
    await addDeadLetter(row('long', { type: 't'.repeat(60) }), 'data_error');
    const { stdout } = await dead('show', 'UA', 'long', '--event');
    const event = JSON.parse(stdout) as object;
    expect((await edit({ ...event, type: 'departed' })).code).toBe(0);
    expect((await dead('edit', 'UA', 'long', '--undo')).stdout).toMatch(
      /^type +"departed" → "t+"/m,
    );
  });
});

describe('ep dead discard', () => {
  test('a discarded dead letter stays with its reason, and is listed and replayed only by name', async () => {
    await addDeadLetter(row('e'));
    const discarded = await dead('discard', 'UA', 'e', '--because', 'test data');
    expect(discarded.code).toBe(0);
    expect((await dead('list')).stdout).toMatch(/no such dead letters/);
    expect((await dead('list', '--discarded')).stdout).toMatch(/UA +e .*test data/);
    expect((await dead('replay', '--account', 'UA')).stdout).toMatch(/no such dead letters/);
    expect((await dead('discard', 'UA', 'e', '--because', 'x')).stderr).toMatch(/already/);
    expect((await dead('replay', 'UA', 'e')).stdout).toMatch(/^stored/m);
  });

  test('the dead letters of an account are discarded together, and no others', async () => {
    await addDeadLetter(row('1'));
    await addDeadLetter(row('2'));
    await addDeadLetter(row('3', { account_id: 'AA' }));
    const { stdout } = await dead('discard', '--account', 'UA', '--because', 'closed');
    expect(stdout).toMatch(/^2 discarded/);
    expect((await dead('list')).stdout).toMatch(/AA +3 /);
  });
});

describe('ep dead list and show', () => {
  test('filters, bounds, and control characters that could control the terminal', async () => {
    await addDeadLetter(row('e\u001b[2J'));
    await addDeadLetter(row('other'), 'data_error');
    const listed = await dead('list', '--reason', 'attempts_exhausted');
    expect(listed.stdout).toContain(String.raw`e\u001b[2J`);
    expect(listed.stdout).not.toContain('other');
    expect((await dead('list', '--limit', '1')).stdout).toMatch(/1 of 2;/);
  });

  test('show prints the whole event, or that there is none', async () => {
    await addDeadLetter(poison);
    const shown = await dead('show', 'UA', 'poison');
    expect(shown.stdout).toContain(String.raw`"metadata":{"text":"a\u0000b"}`);
    expect(shown.stdout).toMatch(/^stored +no$/m);
    const none = await dead('show', 'UA', 'none');
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/no dead letter of event none.*ep dead list/);
  });
});

describe('ep dead requeue', () => {
  const keys = queueKeys(corner.prefix, 'events');
  const redis = new Redis(corner.url, { lazyConnect: true });
  afterAll(() => redis.disconnect());

  /** The dead letter of a whole job, as a worker that cannot read it writes it. */
  const jobDeadLetter = (id: string, data: string) =>
    addDeadLetter(row(id, { account_id: 'unknown', metadata: { data } }), 'job_unreadable');
  const waiting = async () => {
    const ids = await redis.lrange(keys.wait, 0, -1);
    return Promise.all(ids.map((id) => redis.hget(`${corner.prefix}:events:${id}`, 'data')));
  };

  test('puts whole jobs of this version and of newer ones back, and leaves what is none', async () => {
    const own = jobText([row('stored-later')]);
    const newer = own.replace('"v":2', '"v":17');
    await jobDeadLetter('job-1', own);
    await jobDeadLetter('job-2', newer);
    await jobDeadLetter('job-3', 'no job');
    await addDeadLetter(row('an-event'));
    const tried = await dead('requeue', '--all', '--dry-run');
    expect(tried.stdout).toMatch(/^would-requeue unknown job-1$/m);
    expect(await ids('dead_letters')).toHaveLength(4);
    expect(await waiting()).toEqual([]);

    const done = await dead('requeue', '--all', '--yes');
    expect(done.stdout).toMatch(
      /^requeued +unknown job-1\nrequeued +unknown job-2\nnot a job +unknown job-3$/m,
    );
    expect(done.stdout).toMatch(/^2 requeued, 1 left/m);
    expect(done.code).toBe(1);
    expect(await ids('dead_letters')).toEqual(['an-event', 'job-3']);
    expect((await waiting()).toSorted()).toEqual([own, newer].toSorted());
  });

  test('keeps the dead letter when Redis does not accept the job', async () => {
    await jobDeadLetter('job-4', jobText([row('kept')]));
    const gone = ['--redis-url', `redis://127.0.0.1:${await freePort()}`];
    const failed = await dead('requeue', 'unknown', 'job-4', ...gone);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/Redis|ECONNREFUSED/);
    expect(await ids('dead_letters')).toEqual(['job-4']);
  });

  test('is named by a replay of such a dead letter', async () => {
    await jobDeadLetter('job-5', jobText([row('pointed-to')]));
    const replayed = await dead('replay', 'unknown', 'job-5');
    expect(replayed.stdout).toMatch(/ep dead requeue/);
    expect(replayed.code).toBe(1);
  });
});
