import { expect, test } from '@jest/globals';
import {
  cpuOfFamily,
  cpuOfProcess,
  isCpuKnown,
  parseMachineBusy,
  parseProcessTimes,
} from './process-cpu.ts';

test('the times are found behind a name that holds blanks and parentheses', () => {
  const before = '42 (a ) b (c) S 1 42 42 0 -1 4194560 1 2 3 4';
  const line = `${before} 150 50 30 20 20 0 1 0 12345`;
  expect(parseProcessTimes(line)).toEqual({ own: 2, endedChildren: 0.5 });
});

(isCpuKnown ? test : test.skip)('work shows as CPU seconds of the process that did it', () => {
  const before = cpuOfProcess(process.pid);
  const startedAt = process.cpuUsage();
  let sum = 0;
  const used = () => process.cpuUsage(startedAt);
  while (used().user + used().system < 300_000) sum += Math.sqrt(sum + 1);
  const after = cpuOfProcess(process.pid);
  expect(after - before).toBeGreaterThanOrEqual(0.25);
  expect(cpuOfFamily(process.pid)).toBeGreaterThanOrEqual(after);
});

test('the machine is busy with everything but idling and waiting for disks', () => {
  expect(parseMachineBusy('cpu  100 20 30 9999 9999 4 5 6 0 0\ncpu0 1 2 3')).toBe(1.65);
});

test('a process that is gone has used nothing', () => {
  expect(cpuOfProcess(2 ** 22 + 1)).toBe(0);
  expect(cpuOfFamily(2 ** 22 + 1)).toBe(0);
});
