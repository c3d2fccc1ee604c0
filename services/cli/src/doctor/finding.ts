import { printable } from '../lib/table.ts';

export type Status = 'ok' | 'warn' | 'fail';

/** What one check found. */
export interface Finding {
  check: string;
  status: Status;
  /** The value, or what happened. */
  found: string;
  /** The command or setting that puts it right, word for word; absent when all is well. */
  change?: string;
}

/** Builds a finding; `change` is left out of good ones. */
export function finding(check: string, status: Status, found: string, change: string): Finding {
  return status === 'ok' ? { check, status, found } : { check, status, found, change };
}

/** Findings as aligned lines, the change below what it is for. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .flatMap(({ check, status, found, change }) => {
      const line = `${status.padEnd(4)}  ${check.padEnd(width)}  ${printable(found)}`;
      return change === undefined ? [line] : [line, `${' '.repeat(width + 8)}→ ${change}`];
    })
    .join('\n');
}
