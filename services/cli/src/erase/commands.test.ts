import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { EventRow } from '@event-platform/core/event/columns';
import { decodeJob } from '@event-platform/core/event/job';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { createApiKey, revokeApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { setAccountPolicy } from '@event-platform/core/storage/accounts/account-policies';
import { deadLetterEvent } from '@event-platform/core/storage/dead-letters/dead-letters';
import { storeBatch } from '@event-platform/core/storage/write/event-store';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  eventRow,
  eventRows,
  jobText,
  rollUps,
  rowsText,
  storedEvents,
} from '@event-platform/testkit/harness/sample-events';
import { addPendingIds } from '@event-platform/testkit/harness/add-pending-ids';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { checkEvidence } from '@event-platform/testkit/checker/check-evidence';
import { readKept } from '@event-platform/testkit/checker/read-evidence';
import { runEp } from '@event-platform/testkit/client/run-ep';
import type { Receipt } from './receipt.ts';
import { severalMs, storeThreeUsers } from './testing/three-users.ts';

const corner = testRedis();
const keys = queueKeys(corner.prefix, 'events');
const processes = new ServiceProcesses();
const redis = new Redis(corner.url, { maxRetriesPerRequest: null });
const queue = new TextQueue('events', { connection: redis, prefix: corner.prefix });
const empty =
  'events, event_counts, dead_letters, api_keys, account_policies, ledger, ledger_entries, ledger_log';
const home = useTestStore({ empty });
const unavailable = useTestStore({ empty });

afterEach(async () => {
  await processes.endAll('SIGKILL');
  await queue.obliterate({ force: true });
  await redis.unlink(keys.waitingIds('acme'), keys.summary('acme', '24h'));
});
afterAll(async () => {
  await queue.close();
  await redis.quit();
  await corner.cleanup();
});

const env = (): Record<string, string> => ({
  DATABASE_URL: home.url,
  REDIS_URL: corner.url,
  REDIS_PREFIX: corner.prefix,
});
const erase = (...args: string[]) => runEp(['erase', ...args], env());
const store = (rows: EventRow[]) => storeBatch(home.shard, rowsText(rows)).then(() => undefined);

const cli = fileURLToPath(new URL('../../../../scripts/dev/cli.ts', import.meta.url));

/** Starts a command that the test observes while it runs: standard output, and both streams. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [cli, 'erase', ...args, '--yes'], {
    env: { PATH: process.env['PATH'], ...env() },
  });
  let printed = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { child, printed: () => printed, said: () => said };
}

async function receiptOf(...args: string[]): Promise<Receipt & { code: number }> {
  const { stdout, stderr, code } = await erase(...args, '--yes', '--json');
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Receipt), code };
}

const counted = ({ lines }: Receipt) =>
  Object.fromEntries(lines.map(({ where, what, count }) => [`${where}: ${what}`, count]));

async function users(): Promise<string[]> {
  const rows = (await storedEvents(home.pool)) as { account_id: string; user_id: string }[];
  return [...new Set(rows.map((row) => `${row.account_id}/${row.user_id}`))].sort();
}

describe('ep erase', () => {
  test('erases a user from rows, roll-ups, dead letters and cache; others are unchanged', async () => {
    await storeThreeUsers(home.shard);
    const deadLetter = { reason: 'data_error', sqlstate: '22P05', message: '', attempts: 1 };
    await deadLetterEvent(home.pool, eventRow({ user_id: 'ada', event_id: 'dead' }), deadLetter);
    await deadLetterEvent(
      home.pool,
      eventRow({ user_id: 'eve', event_id: 'dead too' }),
      deadLetter,
    );
    await redis.set(keys.summary('acme', '24h'), '{"top_users":["ada"]}');
    const receipt = await receiptOf('--account', 'acme', '--user', 'ada');
    expect(receipt).toMatchObject({ code: 0, state: 'erased', not_reached: [], user_id: 'ada' });
    expect(counted(receipt)).toMatchObject({
      'PostgreSQL main: events': 3,
      'PostgreSQL main: dead letters': 1,
      'Redis: cached summaries of the account': 1,
    });
    expect(await users()).toEqual(['acme/eve', 'other/ada']);
    const { kept, counted: fromRows } = await rollUps(home.pool);
    expect(kept).toEqual(fromRows);
    const deadLetters = await home.pool.query('SELECT event_id FROM dead_letters');
    expect(deadLetters.rows).toEqual([{ event_id: 'dead too' }]);
    expect(await redis.exists(keys.summary('acme', '24h'))).toBe(0);
  });

  test('erases an account from every shard, with keys and limits on request, and names remaining copies', async () => {
    await storeThreeUsers(home.shard);
    await storeBatch({ name: 'unavailable', pool: unavailable.pool }, rowsText(eventRows(2)));
    const limits = { eventsPerMinute: 1, maxPendingEvents: null, weight: 1 };
    await setAccountPolicy(home.pool, { accountId: 'acme', ...limits });
    for (const accountId of ['acme', 'other']) {
      const { keyId } = await createApiKey(home.pool, { accountId, name: '', scopes: ['ingest'] });
      await revokeApiKey(home.pool, keyId);
    }
    await home.pool.query(`UPDATE api_keys SET revoked_at = now() - interval '1 minute'`);
    const shards = { main: home.url, unavailable: unavailable.url };
    const map = JSON.stringify({ shards, accounts: { acme: 'main', other: 'main' } });
    const { stdout, code } = await runEp(['erase', '--account', 'acme', '--keys', '--yes'], {
      ...env(),
      DATABASE_SHARDS: map,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# Erased: account acme$/m);
    expect(stdout).toMatch(/^\| PostgreSQL main \| events \| 5 \|$/m);
    expect(stdout).toMatch(/^\| PostgreSQL unavailable \| events \| 2 \|$/m);
    expect(stdout).toMatch(/^\| PostgreSQL directory \| keys \| 1 \|$/m);
    expect(stdout).toMatch(/^\| PostgreSQL directory \| limits \| 1 \|$/m);
    expect(stdout).toMatch(/^## Copies that remain$/m);
    expect(stdout).toMatch(/archive_mode off/);
    expect(await users()).toEqual(['other/ada']);
    const left = await home.pool.query('SELECT account_id FROM api_keys');
    expect(left.rows).toEqual([{ account_id: 'other' }]);
    expect((await unavailable.pool.query('SELECT FROM events')).rowCount).toBe(0);
  });

  test('leaves roll-ups equal to rows, and a balanced ledger', async () => {
    const ledgerEntry = decodeJob(jobText(eventRows(5))).ledgerEntry;
    if (!ledgerEntry) throw new Error('Jobs of the tests have batch ids');
    const rows = [...eventRows(3, { user_id: 'ada' }), ...eventRows(2, { user_id: 'eve' })];
    await storeBatch(home.shard, rowsText(rows), undefined, [
      { ...ledgerEntry, accounts: [['acme', 5]], isDirect: true },
    ]);
    await receiptOf('--account', 'acme', '--user', 'ada');
    const evidence = await readKept([home.shard], undefined, 0);
    const { findings } = checkEvidence({ ...evidence, attempted: new Map(), queue: {} });
    expect(evidence.ledger).toMatchObject([{ accepted: 2, stored: 2 }]);
    expect(findings.map(({ kind }) => kind)).toEqual(['foreign']);
  });

  test(
    'erases what waits in the queue too, once a worker has stored it',
    async () => {
      const rows = [...eventRows(4, { user_id: 'ada' }), ...eventRows(1, { account_id: 'other' })];
      const job = jobText(rows);
      await addPendingIds(redis, keys, [decodeJob(job)]);
      const options = { attempts: 3, removeOnComplete: true, priority: 5 };
      await queue.add('events', job, options);
      const erasing = start('--account', 'acme', '--user', 'ada', '--json');
      await eventually(() => erasing.said().includes('waits for 1 jobs'));
      processes.start('worker', {
        ...env(),
        HOST: '127.0.0.1',
        OPS_PORT: '0',
        LOG_LEVEL: 'silent',
      });
      expect(await once(erasing.child, 'close')).toEqual([0, null]);
      const receipt = JSON.parse(erasing.printed()) as Receipt;
      expect(counted(receipt)).toMatchObject({
        'Redis: jobs waited for': 1,
        'PostgreSQL main: events': 4,
      });
      expect(await users()).toEqual([expect.stringMatching(/^other\//)]);
      expect(await queue.getJobCountByTypes('wait', 'prioritized', 'active')).toBe(0);
    },
    severalMs,
  );

  test('without workers erases all but waiting events, names them and ends with 1', async () => {
    await storeThreeUsers(home.shard);
    await queue.add('events', jobText(eventRows(1)));
    const receipt = await receiptOf('--account', 'acme', '--wait', '0');
    expect(receipt).toMatchObject({ code: 1, state: 'incomplete' });
    expect(receipt.not_reached).toMatchObject([
      { where: 'Redis, the queue', why: expect.stringMatching(/^1 jobs .* still wait/) },
    ]);
    expect(await users()).toEqual(['other/ada']);
  });

  test('with Redis down erases what PostgreSQL stores, names what was not reached, and ends with 1', async () => {
    await storeThreeUsers(home.shard);
    const { stdout, code } = await runEp(
      ['erase', '--account', 'acme', '--user', 'ada', '--yes', '--json'],
      { ...env(), REDIS_URL: 'redis://127.0.0.1:1' },
    );
    const receipt = JSON.parse(stdout) as Receipt;
    expect(code).toBe(1);
    expect(receipt.state).toBe('incomplete');
    expect(receipt.not_reached.map(({ where }) => where)).toEqual([
      'Redis, the queue',
      'Redis, cached summaries and ids',
    ]);
    expect(await users()).toEqual(['acme/eve', 'other/ada']);
  });

  test('with one shard down erases what the others have, names it, and ends with 1', async () => {
    await storeThreeUsers(home.shard);
    const shards = { main: home.url, gone: 'postgres://127.0.0.1:1/none' };
    const map = JSON.stringify({ shards, accounts: { acme: 'main' } });
    const { stdout, code } = await runEp(['erase', '--account', 'acme', '--yes', '--json'], {
      ...env(),
      DATABASE_SHARDS: map,
    });
    expect(code).toBe(1);
    const { not_reached: missed } = JSON.parse(stdout) as Receipt;
    expect(missed.map(({ where }) => where)).toContain('PostgreSQL gone');
    expect(await users()).toEqual(['other/ada']);
  });

  test(
    'that is interrupted ends between two batches, and the same again does the rest',
    async () => {
      await store(eventRows(2_500));
      const blocker = await home.pool.connect();
      await blocker.query('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
      await blocker.query('SELECT FROM event_counts FOR UPDATE');
      const { child, printed } = start('--account', 'acme');
      await eventually(async () => {
        const { rowCount } = await home.pool.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database()
           AND wait_event_type = 'Lock' AND application_name = 'event-platform-ep'`,
        );
        return rowCount === 1;
      });
      child.kill('SIGINT');
      await blocker.query('COMMIT');
      blocker.release();
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(printed()).toMatch(/^# Interrupted, partly erased: account acme$/m);
      expect(printed()).toMatch(/^\| PostgreSQL main \| events \| 1,000 \|$/m);
      const half = await rollUps(home.pool);
      expect(half.kept).toEqual(half.counted);
      const rest = await receiptOf('--account', 'acme');
      expect(rest).toMatchObject({ code: 0, state: 'erased' });
      expect(counted(rest)['PostgreSQL main: events']).toBe(1_500);
      expect((await rollUps(home.pool)).kept).toEqual([]);
    },
    severalMs,
  );

  test(
    'names dead letters of unreadable jobs that mention it, and erases them only with --unreadable',
    async () => {
      await store(eventRows(1));
      const data = JSON.stringify({ tenant: 'acme' });
      const row = eventRow({ account_id: 'unknown', event_id: 'job-7', metadata: { data } });
      await deadLetterEvent(home.pool, row, {
        ...{ reason: 'job_unreadable', sqlstate: undefined, message: '', attempts: 1 },
      });
      const doubtful = await receiptOf('--account', 'acme');
      expect(doubtful).toMatchObject({ code: 1, state: 'incomplete' });
      expect(doubtful.not_reached[0]?.why).toContain('job-7');
      const reported = await receiptOf('--account', 'acme', '--unreadable');
      expect(reported).toMatchObject({ code: 0, state: 'erased' });
      expect((await home.pool.query('SELECT FROM dead_letters')).rowCount).toBe(0);
    },
    severalMs,
  );
});
