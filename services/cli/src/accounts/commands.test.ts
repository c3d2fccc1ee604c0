import { describe, expect, test } from '@jest/globals';
import { listAccountPolicies } from '@event-platform/core/storage/accounts/account-policies';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { runEp } from '@event-platform/testkit/client/run-ep';

const home = useTestStore();

const accounts = (...args: string[]) => runEp(['accounts', ...args], { DATABASE_URL: home.url });

describe('ep accounts', () => {
  test('what is not given keeps its value, and default returns a limit to the default', async () => {
    await accounts('limit', 'UA', '--events-per-minute', '1000', '--max-pending', '50');
    await accounts('limit', 'UA', '--weight', '2.5');
    await accounts('limit', 'UA', '--max-pending', 'default');
    expect(await listAccountPolicies(home.pool)).toMatchObject([
      { accountId: 'UA', eventsPerMinute: 1000, maxPendingEvents: null, weight: 2.5 },
    ]);
    const listed = await accounts('list');
    expect(listed.stdout).toMatch(/UA +1,000 +default +2\.5 /);
  });

  test.each([
    ['limit', 'UA'],
    ['limit', 'UA', '--weight', '0'],
    ['limit', 'UA', '--events-per-minute', '-1'],
    ['limit', 'UA', '--events-per-minute', '2147483648'],
    ['limit', 'UA', '--max-pending', 'none'],
    ['limit', '', '--weight', '1'],
  ])('%s %s %s %s is refused with exit code 2', async (...args) => {
    expect((await accounts(...args)).code).toBe(2);
  });
});
