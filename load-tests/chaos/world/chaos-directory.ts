import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '@event-platform/shared/local/cache-dir';
import { isAlive } from '@event-platform/shared/local/process-table';
import { releaseDisks } from './small-disk.ts';

const namePattern = /^chaos-(\d+)-/;

/**
 * Makes the directory of one run, beside our caches, where PostgreSQL's account can enter. What killed
 * runs left behind is removed.
 */
export function makeChaosDirectory(): string {
  const parent = cacheDir();
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const pid = Number(namePattern.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) removeChaosDirectory(join(parent, name));
  }
  const dir = mkdtempSync(join(parent, `chaos-${process.pid}-`));
  chmodSync(dir, 0o755);
  return dir;
}

export function removeChaosDirectory(dir: string): void {
  releaseDisks(dir);
  rmSync(dir, { recursive: true, force: true });
}
