import { expect, test } from '@jest/globals';
import { scalingTable, type ScalingReport } from './scaling-report.ts';

const burst = { firstStored: 3, firstToAll: 5, stored: 15, emptyToZero: 14, peakBacklog: 400 };
const report: ScalingReport = {
  conditions: [],
  cooldownSeconds: 15,
  bursts: [burst, burst, burst, burst, { ...burst, firstStored: 4.1 }],
  startsS: [1],
  singlesS: [2, 4],
};
const rowOf = (table: string, name: string) =>
  table.split('\n').find((line) => line.startsWith(`| ${name}`));

test('a target is met when the worst of five keeps it, and missed by one that does not', () => {
  const table = scalingTable(report);
  expect(rowOf(table, 'an event alone')).toContain('| 2.0 s | 4.0 s | ≤ 4.0 s | met');
  expect(rowOf(table, 'first event of a burst')).toContain('| 3.0 s | 4.1 s | ≤ 4.0 s | missed');
});

test('pods that never came are missed, and reported as never', () => {
  const table = scalingTable({ ...report, bursts: [{ ...burst, firstToAll: null }] });
  expect(rowOf(table, 'first pod ready')).toContain('| never | never | ≤ 15.0 s | missed');
});
