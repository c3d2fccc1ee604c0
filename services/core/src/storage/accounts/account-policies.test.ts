import { expect, test } from '@jest/globals';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { listAccountPolicies, setAccountPolicy } from './account-policies.ts';

const home = useTestStore();

const policy = { accountId: 'whale', eventsPerMinute: 10, maxPendingEvents: null, weight: 2.5 };

test('a policy is listed as it was set, and null stands for the default', async () => {
  await setAccountPolicy(home.pool, policy);
  await setAccountPolicy(home.pool, { ...policy, accountId: 'other', eventsPerMinute: null });
  const policies = await listAccountPolicies(home.pool);
  expect(policies).toHaveLength(2);
  expect(policies).toContainEqual({ ...policy, updatedAt: expect.any(Date) });
});

test('setting a policy again replaces it whole and moves its time', async () => {
  const before = (await listAccountPolicies(home.pool)).find((one) => one.accountId === 'whale');
  const changed = { accountId: 'whale', eventsPerMinute: null, maxPendingEvents: 7, weight: 1 };
  await setAccountPolicy(home.pool, changed);
  const after = (await listAccountPolicies(home.pool)).find((one) => one.accountId === 'whale');
  expect(after).toMatchObject(changed);
  expect(Number(after?.updatedAt)).toBeGreaterThan(Number(before?.updatedAt));
});

test('setting one policy from many places at once leaves one', async () => {
  const weights = [1, 2, 3, 4, 5, 6];
  await Promise.all(weights.map((weight) => setAccountPolicy(home.pool, { ...policy, weight })));
  const found = (await listAccountPolicies(home.pool)).filter((one) => one.accountId === 'whale');
  expect(found).toHaveLength(1);
  expect(weights).toContain(found[0]?.weight);
});
