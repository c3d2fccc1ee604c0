import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '@event-platform/cli/lib/cache-dir';
import { isAlive } from '@event-platform/testkit/servers/process-table';

/**
 * Makes a directory for one run: beside our caches and not under /tmp, which is often memory, where
 * fsync means nothing. What killed runs of the same kind left behind is removed.
 *
 * @param kind the beginning of its name
 * @param remove removes the directory of such a run
 */
export function makeRunDirectory(kind: 'bench' | 'chaos', remove = removeAll): string {
  const parent = cacheDir();
  mkdirSync(parent, { recursive: true });
  const ofThisKind = new RegExp(`^${kind}-(\\d+)-`);
  for (const name of readdirSync(parent)) {
    const pid = Number(ofThisKind.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) remove(join(parent, name));
  }
  const dir = mkdtempSync(join(parent, `${kind}-${process.pid}-`));
  // PostgreSQL runs as another account when this process is root's, and has to get in.
  chmodSync(dir, 0o755);
  return dir;
}

function removeAll(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}
