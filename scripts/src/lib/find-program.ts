import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where programs lie that k8s/testbed/build-binaries.sh has built: outside the clone, once a machine. */
export function programCache(env: Env): string {
  return join(env['TESTBED_CACHE'] ?? join(homedir(), '.cache/k8s-testbed'), 'bin');
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
