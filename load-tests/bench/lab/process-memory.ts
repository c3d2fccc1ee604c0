import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childrenOf } from '@event-platform/testkit/servers/process-table';

/** Linux counts resident memory in pages of this size on the usual machines. */
const pageBytes = 4_096;

/** Resident memory of a process in bytes; 0 when it is gone. */
export function residentBytes(pid: number): number {
  return process.platform === 'linux' ? (statm(pid)?.resident ?? 0) : residentByPs(pid);
}

/**
 * Memory that a process and its children have for themselves, in bytes: what they share would count
 * once for each of them. Only known on Linux; elsewhere all of it counts.
 */
export function privateBytesOfFamily(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, one) => {
    const sizes = process.platform === 'linux' ? statm(one) : undefined;
    return sum + (sizes ? sizes.resident - sizes.shared : residentBytes(one));
  }, 0);
}

function statm(pid: number): { resident: number; shared: number } | undefined {
  try {
    const [, resident = '0', shared = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return { resident: Number(resident) * pageBytes, shared: Number(shared) * pageBytes };
  } catch {
    return undefined;
  }
}

function residentByPs(pid: number): number {
  try {
    const text = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
    return Number(text) * 1_024;
  } catch {
    return 0;
  }
}
