import { describe, expect, test } from '@jest/globals';
import { checkAnswer, type RawAnswer } from './check-answer.ts';

describe('an answer violates the contract', () => {
  const problem = (status: number, code: string, retryAfter?: string): RawAnswer => ({
    ...{ status, contentType: 'application/problem+json; charset=utf-8', retryAfter },
    text: JSON.stringify({ code }),
  });

  test.each<[string, RawAnswer, string | undefined]>([
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
      'when it is overloaded and has no Retry-After',
      problem(503, 'memory_high'),
      'status 503 with the code memory_high and without Retry-After',
    ],
    ['not when the contract names it', problem(503, 'memory_high', '5'), undefined],
    ['when it is good and not JSON', { status: 202, contentType: '', text: '' }, 'status 202 as '],
    ['not when it is good', { status: 202, contentType: 'application/json', text: '' }, undefined],
  ])('%s', (...[, answer, what]) => {
    expect(checkAnswer('POST', answer)).toBe(what);
  });
});
