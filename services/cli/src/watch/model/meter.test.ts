import { expect, test } from '@jest/globals';
import { readRecordedText } from '../recorded/read-recorded.ts';
import {
  addReading,
  emptyMeter,
  queueOf,
  rateIn,
  rateOut,
  type Meter,
  type MeterReading,
} from './meter.ts';
import { readMetrics } from './read-metrics.ts';

const counters = { accepted: 0, stored: 0, duplicates: 0, dead: 0 };
const worker = (uid: string, atMs: number, stored: number, isNewborn = false): MeterReading => ({
  uid,
  component: 'worker',
  atMs,
  isNewborn,
  counters: { ...counters, stored },
  queue: undefined,
});
const add = (readings: readonly MeterReading[], meter: Meter = emptyMeter) =>
  readings.reduce((sum, reading) => addReading(sum, reading), meter);

test('the recorded metrics of an api and of a worker pod are read', () => {
  expect(readMetrics(readRecordedText('api-metrics.txt'))).toEqual({
    counters: { accepted: 13_810, stored: 280, duplicates: 0, dead: 0 },
    queue: {
      waiting: 0,
      prioritized: 1_226,
      active: 400,
      delayed: 0,
      failed: 0,
      pendingEvents: 28_470,
      oldestAgeS: 41.658,
    },
  });
  expect(readMetrics(readRecordedText('worker-metrics.txt'))).toEqual({
    counters: { accepted: 0, stored: 12_000, duplicates: 0, dead: 0 },
    queue: undefined,
  });
});

test('what pods counted before the watch began does not count', () => {
  const meter = add([worker('a', 0, 5_000), worker('a', 1_000, 5_100)]);
  expect(meter.totals.stored).toBe(100);
});

test('all that a pod born during the watch counted counts, and shows in the rate', () => {
  const meter = add([worker('a', 0, 0), worker('b', 2_000, 12_000, true)]);
  expect(meter.totals.stored).toBe(12_000);
  expect(rateOut(meter, 2_000)).toBe(6_000);
});

test('a pod that dies takes nothing with it, and a restarted container starts from nothing', () => {
  const meter = add([
    worker('a', 0, 10),
    worker('b', 0, 10),
    worker('a', 1_000, 110),
    worker('b', 1_000, 60),
    // a is gone; the container of b was started anew and has stored 7.
    worker('b', 2_000, 7),
  ]);
  expect(meter.totals.stored).toBe(157);
});

test('a rate covers its window only, and is unknown when no pod answers any more', () => {
  const readings = Array.from({ length: 21 }, (_, second) =>
    worker('a', second * 1_000, second < 10 ? 0 : (second - 10) * 50),
  );
  const meter = add(readings);
  expect(rateOut(meter, 20_000)).toBe(50);
  expect(meter.history.length).toBeLessThanOrEqual(7);
  expect(rateOut(meter, 25_001)).toBeNull();
  expect(rateIn(meter, 20_000)).toBeNull();
});

test('the queue is what the newest answer says, and unknown once that is old', () => {
  const { queue, counters: counted } = readMetrics(readRecordedText('api-metrics.txt'));
  const reading = { uid: 'a', component: 'api', isNewborn: false, counters: counted } as const;
  const first = addReading(emptyMeter, { ...reading, atMs: 0, queue });
  const meter = addReading(first, { ...reading, atMs: 1_000, queue: undefined });
  expect(queueOf(meter, 1_000)).toEqual(queue);
  expect(queueOf(meter, 5_001)).toBeNull();
});
