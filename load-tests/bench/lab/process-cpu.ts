import { readFileSync } from 'node:fs';
import { childrenOf } from '@event-platform/testkit/servers/process-table';

/** Linux counts CPU time for user space in hundredths of a second, on every machine. */
const ticksPerSecond = 100;

/** What one line of /proc/PID/stat says, in seconds. */
export interface ProcessTimes {
  /** Of the process and its threads. */
  own: number;
  /** Of its children that have ended and been waited for. */
  endedChildren: number;
}

/** Reads /proc/PID/stat; fields 14 to 17 are utime, stime, cutime and cstime. */
export function parseProcessTimes(stat: string): ProcessTimes {
  // The name, in parentheses, may itself hold blanks: count from behind the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const seconds = (field: number) => Number(fields[field - 3]) / ticksPerSecond;
  return { own: seconds(14) + seconds(15), endedChildren: seconds(16) + seconds(17) };
}

/** CPU seconds of a process so far; 0 when it is gone. */
export function cpuOfProcess(pid: number): number {
  return timesOf(pid)?.own ?? 0;
}

/** CPU seconds so far of a process and all children that it has or had, such as PostgreSQL's. */
export function cpuOfFamily(pid: number): number {
  const parent = timesOf(pid);
  if (!parent) return 0;
  const children = childrenOf(pid).map(cpuOfProcess);
  return parent.own + parent.endedChildren + children.reduce((sum, one) => sum + one, 0);
}

/** CPU seconds of the whole machine so far, of all processes: all that was not idle. */
export function cpuOfMachine(): number {
  return parseMachineBusy(readFileSync('/proc/stat', 'utf8'));
}

/** Reads the first line of /proc/stat: user nice system idle iowait irq softirq steal … */
export function parseMachineBusy(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    stat.split('\n', 1)[0] ?? ''
  )
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond;
}

/** False where there is no /proc (macOS): CPU is left out of the results then. */
export const isCpuKnown = process.platform === 'linux';

function timesOf(pid: number): ProcessTimes | undefined {
  try {
    return parseProcessTimes(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}
