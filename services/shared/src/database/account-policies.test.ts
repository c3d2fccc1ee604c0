import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testShard } from '../testing/sample-events.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { listAccountPolicies, setAccountPolicy } from './account-policies.ts';
import type { Shard } from './shards.ts';

let database: TestDatabase;
let directory: Shard['pool'];
beforeAll(async () => {
  database = await createTestDatabase();
  directory = testShard(database.url).pool;
});
afterAll(async () => {
  await directory.end();
  await database.drop();
});

const policy = { accountId: 'whale', eventsPerMinute: 10, maxPendingEvents: null, weight: 2.5 };

test('a policy is listed as it was set, and null stands for the default', async () => {
  await setAccountPolicy(directory, policy);
  await setAccountPolicy(directory, { ...policy, accountId: 'other', eventsPerMinute: null });
  const policies = await listAccountPolicies(directory);
  expect(policies).toHaveLength(2);
  expect(policies).toContainEqual({ ...policy, updatedAt: expect.any(Date) });
});

test('setting a policy again replaces it whole and moves its time', async () => {
  const before = (await listAccountPolicies(directory)).find((one) => one.accountId === 'whale');
  const changed = { accountId: 'whale', eventsPerMinute: null, maxPendingEvents: 7, weight: 1 };
  await setAccountPolicy(directory, changed);
  const after = (await listAccountPolicies(directory)).find((one) => one.accountId === 'whale');
  expect(after).toMatchObject(changed);
  expect(Number(after?.updatedAt)).toBeGreaterThan(Number(before?.updatedAt));
});

test('setting one policy from many places at once leaves one', async () => {
  const weights = [1, 2, 3, 4, 5, 6];
  await Promise.all(weights.map((weight) => setAccountPolicy(directory, { ...policy, weight })));
  const found = (await listAccountPolicies(directory)).filter((one) => one.accountId === 'whale');
  expect(found).toHaveLength(1);
  expect(weights).toContain(found[0]?.weight);
});
