import { afterAll, describe, expect, test } from '@jest/globals';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { storeBatch } from '@event-platform/core/storage/write/event-store';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { eventRows, rowsText, storedEvents } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { runEp } from '@event-platform/testkit/client/run-ep';
import type { Receipt } from './receipt.ts';
import { severalMs, storeThreeUsers } from './testing/three-users.ts';

const corner = testRedis();
const home = useTestStore({ empty: 'events, event_counts, api_keys' });

afterAll(() => corner.cleanup());

const erase = (...args: string[]) =>
  runEp(['erase', ...args], {
    DATABASE_URL: home.url,
    REDIS_URL: corner.url,
    REDIS_PREFIX: corner.prefix,
  });
const key = { accountId: 'acme', name: '', scopes: ['ingest'] as const };

describe('ep erase', () => {
  test(
    'with --keys takes the live key first, and erases what it had let in before',
    async () => {
      await storeThreeUsers(home.shard);
      await createApiKey(home.pool, key);
      const running = erase('--account', 'acme', '--keys', '--yes', '--json');
      await eventually(async () => (await home.pool.query('SELECT FROM api_keys')).rowCount === 0);
      await storeBatch(home.shard, rowsText(eventRows(5, { user_id: 'late' })));
      const { stdout, code } = await running;
      expect(code).toBe(0);
      const { state, lines } = JSON.parse(stdout) as Receipt;
      expect(state).toBe('erased');
      expect(lines).toContainEqual({ where: 'PostgreSQL main', what: 'events', count: 10 });
      expect(await storedEvents(home.pool)).toHaveLength(4);
    },
    severalMs,
  );

  test(
    'changes nothing without a confirmation or in a dry run, which prints what is stored',
    async () => {
      await storeThreeUsers(home.shard);
      const unasked = await erase('--account', 'acme');
      expect(unasked.code).toBe(1);
      expect(unasked.stderr).toMatch(/Add --yes/);
      const dry = await erase('--account', 'acme', '--user', 'ada', '--dry-run');
      expect(dry.code).toBe(0);
      expect(dry.stdout).toMatch(/^\| PostgreSQL main \| events \| 3 \|$/m);
      expect(await storedEvents(home.pool)).toHaveLength(9);
    },
    severalMs,
  );

  test('does nothing for half an account: --keys with --user is not understood', async () => {
    await storeThreeUsers(home.shard);
    expect((await erase('--account', 'acme', '--user', 'ada', '--keys', '--yes')).code).toBe(2);
    expect(await storedEvents(home.pool)).toHaveLength(9);
  });

  test(
    'refuses an account with a live key, and names how to revoke it',
    async () => {
      await storeThreeUsers(home.shard);
      const { keyId } = await createApiKey(home.pool, key);
      const { stderr, code } = await erase('--account', 'acme', '--yes');
      expect(code).toBe(1);
      expect(stderr).toContain(`with the live key ${keyId}: revoke it first`);
      expect(await storedEvents(home.pool)).toHaveLength(9);
      const user = await erase('--account', 'acme', '--user', 'ada', '--yes');
      expect(user.code).toBe(0);
    },
    severalMs,
  );

  test(
    'does not take a misspelt id for done',
    async () => {
      await storeThreeUsers(home.shard);
      for (const args of [['ACME'], ['acme', '--user', 'Ada']]) {
        const { stderr, code } = await erase('--account', ...args, '--yes');
        expect(code).toBe(1);
        expect(stderr).toMatch(
          /^Nothing is kept of .*: it was erased before, or an id is misspelt/,
        );
      }
    },
    severalMs,
  );

  test('reports that no database is known', async () => {
    const none = await runEp(['erase', '--account', 'acme', '--yes'], {
      REDIS_URL: corner.url,
    });
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/No database is known/);
  });
});
