import { expect, test } from '@jest/globals';
import { createLogger } from '../../platform/logger.ts';
import { logDeadLetters } from './log-dead-letters.ts';

function logged(newDeadLetters: Parameters<typeof logDeadLetters>[2]): unknown[] {
  const lines: string[] = [];
  const logger = createLogger('worker', 'info', { write: (line) => void lines.push(line) });
  logDeadLetters(logger, 'data_error', newDeadLetters);
  return lines.map((line) => JSON.parse(line) as unknown);
}

test('deaths are logged at level 50 by their names, ten at most, with the number of all', () => {
  const newDeadLetters = Array.from({ length: 25 }, (_, n) => ({
    accountId: 'acme',
    eventId: `e${n}`,
    sqlstate: '22001',
  }));
  expect(logged(newDeadLetters)).toEqual([
    expect.objectContaining({
      level: 50,
      reason: 'data_error',
      events: 25,
      named: newDeadLetters.slice(0, 10),
    }),
  ]);
});

test('without dead letters nothing is logged', () => {
  expect(logged([])).toEqual([]);
});
