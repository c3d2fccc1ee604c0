import { processGroups, type CpuSeconds } from '../lab/cpu-meter.ts';

/**
 * Says what an event took in CPU, in all and by process, the largest first.
 *
 * @param cpuPerEvent seconds
 */
export function cpuText(cpuPerEvent: CpuSeconds): string {
  const shares = processGroups
    .map((group) => ({ group, micros: cpuPerEvent[group] * 1e6 }))
    .filter(({ micros }) => micros >= 0.05)
    .toSorted((a, b) => b.micros - a.micros);
  const total = processGroups.reduce((sum, group) => sum + cpuPerEvent[group] * 1e6, 0);
  const parts = shares.map(({ group, micros }) => `${group} ${micros.toFixed(1)}`);
  return `${total.toFixed(1)} µs of CPU an event (${parts.join(', ')})`;
}
