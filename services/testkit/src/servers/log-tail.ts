import { existsSync, readFileSync, statSync } from 'node:fs';

/** The size of a log in bytes; 0 when there is none yet. */
export function logSize(logFile: string): number {
  return existsSync(logFile) ? statSync(logFile).size : 0;
}

/** The last lines of a log, counting only what was written after its first `fromByte` bytes. */
export function logTail(logFile: string, lines = 15, fromByte = 0): string {
  if (!existsSync(logFile)) return '';
  return readFileSync(logFile)
    .subarray(fromByte)
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .join('\n');
}
