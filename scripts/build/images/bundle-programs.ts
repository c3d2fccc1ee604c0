import { join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { bundleImage } from './bundle-image.ts';

/**
 * Makes api and worker as the images hold them. From their sources they need more memory, for
 * what strips the types.
 *
 * @returns the paths of both programs
 */
export async function bundlePrograms(dir: string): Promise<{ api: string; worker: string }> {
  const [api, worker] = [join(dir, 'api-image'), join(dir, 'worker-image')];
  await bundleImage('api', repositoryRoot, api);
  await bundleImage('worker', repositoryRoot, worker);
  return { api: join(api, 'main.js'), worker: join(worker, 'main.js') };
}
