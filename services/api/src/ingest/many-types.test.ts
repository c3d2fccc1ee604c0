import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ingestResponseSchema } from '@event-platform/core/event/results';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

let api: TestApi;
beforeAll(async () => (api = await startTestApi()));
afterAll(() => api.stop());

async function post(accountId: string, typeOf: (index: number) => string) {
  const events = Array.from({ length: 1_000 }, (_, index) => ({
    account_id: accountId,
    user_id: 'u',
    type: typeOf(index),
    // Finer than a microsecond, as Go writes it.
    timestamp: '2026-11-01T12:00:00.123456789Z',
  }));
  const response = await fetch(`${api.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  expect(response.status).toBe(202);
  return ingestResponseSchema.strict().parse(await response.json());
}

test('ids in type are taken, every one, and the answer warns', async () => {
  const first = await post('ids', (index) => `order-${index}`);
  const second = await post('ids', (index) => `order-${1_000 + index}`);
  expect([first.accepted, second.accepted]).toEqual([1_000, 1_000]);
  expect(second.warnings?.map(({ code }) => code)).toEqual(['many_types']);
  expect((await post('ids', () => 'click')).warnings).toHaveLength(1);
});

test('types that are few are warned of never, beside an account whose types are many', async () => {
  for (let request = 0; request < 3; request++) {
    const answer = await post('sound', (index) => `type-${index % 50}`);
    expect(answer).not.toHaveProperty('warnings');
  }
});
