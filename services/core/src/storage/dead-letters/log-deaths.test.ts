import { expect, test } from '@jest/globals';
import { createLogger } from '../../platform/logger.ts';
import { logDeaths } from './log-deaths.ts';

function logged(deaths: Parameters<typeof logDeaths>[2]): unknown[] {
  const lines: string[] = [];
  const logger = createLogger('worker', 'info', { write: (line) => void lines.push(line) });
  logDeaths(logger, 'data_error', deaths);
  return lines.map((line) => JSON.parse(line) as unknown);
}

test('deaths are logged at level 50 by their names, ten at most, with the number of all', () => {
  const deaths = Array.from({ length: 25 }, (_, n) => ({
    accountId: 'acme',
    eventId: `e${n}`,
    sqlstate: '22001',
  }));
  expect(logged(deaths)).toEqual([
    expect.objectContaining({
      level: 50,
      reason: 'data_error',
      events: 25,
      named: deaths.slice(0, 10),
    }),
  ]);
});

test('where nobody died nothing is logged', () => {
  expect(logged([])).toEqual([]);
});
