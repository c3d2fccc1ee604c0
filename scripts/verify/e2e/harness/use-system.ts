import { afterAll, beforeAll } from '@jest/globals';
import { connectCluster } from './cluster.ts';
import type { Values } from './release.ts';
import { System } from './system.ts';

/**
 * Installs the chart before the tests of a suite and removes it after them.
 *
 * @returns the system, for use in tests
 */
export function useSystem(namespace: string, values: Values): () => System {
  let system: System | undefined;
  beforeAll(async () => {
    system = await System.install(connectCluster(), namespace, values);
  });
  // Nothing to remove when the installation failed: the next run clears the namespace.
  afterAll(() => system?.remove());
  return () => {
    if (!system) throw new Error('The chart was not installed');
    return system;
  };
}
