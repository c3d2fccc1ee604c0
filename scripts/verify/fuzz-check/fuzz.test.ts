import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '@event-platform/api/testing/start-test-api';
import { fuzz } from './fuzz.ts';
import { checkFuzzAnswer, type FuzzAnswer } from './check-answer.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ IP_REQUESTS_PER_MINUTE: '0' });
});
afterAll(() => api.stop());

test('mutated requests get answers that the contract names, and never an unexpected error', async () => {
  const { statuses, findings } = await fuzz({
    ...{ url: api.url, requests: 1_500, concurrency: 8, seed: 1 },
  });
  expect(findings).toEqual([]);
  // Good, bad and refused ones are among them, or the mutations would prove little.
  for (const status of [202, 400, 404, 405, 415]) expect(statuses.get(status)).toBeGreaterThan(0);
}, 120_000);

describe('an answer is found wanting', () => {
  const problem = (status: number, code: string, retryAfter?: string): FuzzAnswer => ({
    ...{ status, contentType: 'application/problem+json; charset=utf-8', retryAfter },
    text: JSON.stringify({ code }),
  });

  test.each<[string, FuzzAnswer, string | undefined]>([
    ['when there is none', undefined, 'no answer'],
    ['when it is an unexpected error', problem(500, 'internal'), 'an unexpected error'],
    ['when its code is unknown', problem(400, 'odd'), 'status 400 with the code odd'],
    [
      'when its code has another status',
      problem(500, 'json_invalid'),
      'status 500 with the code json_invalid',
    ],
    [
      'when it is a page',
      { status: 502, contentType: 'text/html', text: '' },
      'status 502 as text/html',
    ],
    [
      'when it is overloaded and says not when to come again',
      problem(503, 'memory_high'),
      'status 503 with the code memory_high and without Retry-After',
    ],
    ['not when the contract names it', problem(503, 'memory_high', '5'), undefined],
    ['when it is good and no JSON', { status: 202, contentType: '', text: '' }, 'status 202 as '],
    ['not when it is good', { status: 202, contentType: 'application/json', text: '' }, undefined],
  ])('%s', (...[, answer, what]) => {
    expect(checkFuzzAnswer('POST', answer)).toBe(what);
  });
});
