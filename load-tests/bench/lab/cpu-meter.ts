import { cpuOfFamily, cpuOfMachine, cpuOfProcess, isCpuKnown } from './process-cpu.ts';

export const processGroups = ['generator', 'api', 'redis', 'worker', 'postgres'] as const;
export type ProcessGroup = (typeof processGroups)[number];

/** CPU seconds by group. */
export type CpuSeconds = Record<ProcessGroup, number>;

/** What a run used, and what everybody else on the machine did meanwhile: the noise in its figure. */
export type CpuUse = CpuSeconds & { others: number };

/** Which processes make up a group in one run; PostgreSQL counts with all its children. */
export type Processes = Partial<Record<ProcessGroup, number[]>>;

/**
 * Begins to measure.
 *
 * @returns a function that returns what was used since; undefined where the system does not measure it
 */
export function startCpuMeter(processes: Processes): () => CpuUse | undefined {
  if (!isCpuKnown) return () => undefined;
  const machineBefore = cpuOfMachine();
  const before = read(processes);
  return () => {
    const after = read(processes);
    const own = byGroup((group) => after[group] - before[group]);
    const sum = Object.values(own).reduce((total, one) => total + one, 0);
    // Ticks are counted by sampling, so the difference may fall a little below nothing.
    return { ...own, others: Math.max(0, cpuOfMachine() - machineBefore - sum) };
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
