import { renameSync } from 'node:fs';
import { logSize } from '@event-platform/testkit/servers/log-tail';

const rotateAboveBytes = 10_000_000;

/** Puts a log that has grown large aside, as `<name>.1`, before a new process writes to it. */
export function rotateLog(logFile: string): void {
  if (logSize(logFile) > rotateAboveBytes) renameSync(logFile, `${logFile}.1`);
}
