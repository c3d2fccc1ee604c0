import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '@event-platform/shared/local/cache-dir';
import { isAlive } from '@event-platform/shared/local/process-table';

const namePattern = /^bench-(\d+)-/;

/**
 * Makes a directory for one run of the bench: beside our caches and not under /tmp, which is often
 * memory, where fsync means nothing. What killed runs left behind is removed.
 */
export function makeLabDirectory(): string {
  const parent = cacheDir();
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = Number(namePattern.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) {
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
  const dir = mkdtempSync(join(parent, `bench-${process.pid}-`));
  // PostgreSQL runs as `nobody` when we are root, and has to get in.
  chmodSync(dir, 0o755);
  return dir;
}
