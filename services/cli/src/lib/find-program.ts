import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { homeDir } from './cache-dir.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where programs lie that k8s/testbed/build-binaries.sh has built: outside the clone, once a machine. */
export function programCache(env: Env): string {
  // Empty counts as absent, as for the scripts of the testbed.
  const testbed = env['TESTBED_CACHE'] || join(homeDir(env), '.cache/k8s-testbed');
  return join(testbed, 'bin');
}

/** The path of a program: on the PATH, else in the cache; undefined when it is in neither. */
export function findProgram(name: string, env: Env): string | undefined {
  const onPath = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return [...onPath, programCache(env)].map((folder) => join(folder, name)).find(isExecutable);
}

/** Whether this file is there and may be run by us. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
