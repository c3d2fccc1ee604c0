import { cpuOfFamily, cpuOfProcess, isCpuKnown } from './process-cpu.ts';

export const processGroups = ['generator', 'api', 'redis', 'worker', 'postgres'] as const;
export type ProcessGroup = (typeof processGroups)[number];

/** CPU seconds by group. */
export type CpuSeconds = Record<ProcessGroup, number>;

/** Which processes make up a group in one run; PostgreSQL counts with all its children. */
export type Processes = Partial<Record<ProcessGroup, number[]>>;

/**
 * Begins to measure.
 *
 * @returns a function that tells what was used since; undefined where the system does not tell
 */
export function startCpuMeter(processes: Processes): () => CpuSeconds | undefined {
  if (!isCpuKnown) return () => undefined;
  const before = read(processes);
  return () => {
    const after = read(processes);
    return byGroup((group) => after[group] - before[group]);
  };
}

function read(processes: Processes): CpuSeconds {
  return byGroup((group) => {
    const measure = group === 'postgres' ? cpuOfFamily : cpuOfProcess;
    return (processes[group] ?? []).reduce((sum, pid) => sum + measure(pid), 0);
  });
}

/** Makes one number for each group. */
export function byGroup(value: (group: ProcessGroup) => number): CpuSeconds {
  return Object.fromEntries(processGroups.map((group) => [group, value(group)])) as CpuSeconds;
}
