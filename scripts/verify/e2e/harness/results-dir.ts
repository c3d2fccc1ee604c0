import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { localState } from '@event-platform/cli/lib/local-state';

/** Where the suites leave what they measured: outside of what git knows. */
export function resultsDir(): string {
  const dir = join(localState().dir, 'e2e');
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** Forgets the last run: a table must never show what another run measured. */
export function clearResults(): void {
  rmSync(resultsDir(), { recursive: true });
}
