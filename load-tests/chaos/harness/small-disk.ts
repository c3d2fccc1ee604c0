import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Whether a small file system can be mounted here. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0;

const ballastChunk = Buffer.alloc(64 * 1024, 'x');

/** A file system of its own for one server, in memory, that can be filled to its last byte. */
export class SmallDisk {
  readonly path: string;

  constructor(path: string, sizeMiB: number) {
    this.path = path;
    mkdirSync(path, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=755`, 'tmpfs', path]);
    chmodSync(path, 0o755);
  }

  /** Writes until nothing fits any more. */
  fill(): void {
    const file = openSync(join(this.path, 'ballast'), 'a');
    try {
      for (;;) writeSync(file, ballastChunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  empty(): void {
    rmSync(join(this.path, 'ballast'), { force: true });
  }

  remove(): void {
    execFileSync('umount', ['-l', this.path]);
  }
}

/** Lets go of disks below a directory, which a killed run left mounted. */
export function releaseDisks(directory: string): void {
  if (!canMount) return;
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  for (const [, path = ''] of mounts.map((line) => line.split(' '))) {
    if (path.startsWith(directory)) execFileSync('umount', ['-l', path]);
  }
}
