import { expect, test } from '@jest/globals';
import { readTrace } from './trace.ts';

test('a CSV becomes steps from second 0, the last as long as the one before', () => {
  const csv = 'second,events_per_s\n60,100\n120,0.5\n180,20\n';
  expect(readTrace(csv, 'x.csv')).toEqual([
    { atS: 0, eventsPerS: 100 },
    { atS: 60, eventsPerS: 0.5 },
    { atS: 120, eventsPerS: 20 },
    { atS: 180, eventsPerS: 0 },
  ]);
});

test('series of Prometheus are added up, and what was not measured counts as nothing', () => {
  const result = [
    { values: [[1_000, '1.5'] as const, [1_015, 'NaN'] as const] },
    { values: [[1_000, '2'] as const, [1_015, '4'] as const] },
  ];
  expect(readTrace(JSON.stringify({ data: { result } }), 'x.json')).toEqual([
    { atS: 0, eventsPerS: 3.5 },
    { atS: 15, eventsPerS: 4 },
    { atS: 30, eventsPerS: 0 },
  ]);
});

test.each([
  ['a line that is no pair of numbers', '0,1\nfive,2\n', 'x.csv, line 2: "five,2"'],
  ['three columns', '0,1\n1,2,3\n', 'line 2'],
  ['a negative rate', '0,1\n1,-2\n', 'line 2'],
  ['a single point', '0,1\n', 'fewer than two points'],
  ['broken JSON', '{"data":', 'begins as JSON and is none'],
  ['other JSON', '{"a":1}', 'not the answer of /api/v1/query_range'],
])('%s is refused with the place', (...[, text, message]) => {
  expect(() => readTrace(text, 'x.csv')).toThrow(message);
});
