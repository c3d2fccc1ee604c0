import { rmSync } from 'node:fs';
import { makeRunDirectory } from '../../bench/lab/run-directory.ts';
import { releaseDisks } from './small-disk.ts';

/** Makes the directory of one run, and removes what killed runs left behind, small disks and all. */
export function makeChaosDirectory(): string {
  return makeRunDirectory('chaos', removeChaosDirectory);
}

export function removeChaosDirectory(dir: string): void {
  releaseDisks(dir);
  rmSync(dir, { recursive: true, force: true });
}
