import { join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import type { ServiceKind } from '@event-platform/testkit/servers/service';
import { bundleImage } from './bundle-image.ts';

/**
 * Makes the services as the images hold them. From their sources they need more memory, for
 * what strips the types.
 *
 * @returns the path of each program
 */
export async function bundlePrograms(dir: string): Promise<Record<ServiceKind, string>> {
  const [api, worker] = [join(dir, 'api-image'), join(dir, 'worker-image')];
  await bundleImage('api', repositoryRoot, api);
  await bundleImage('worker', repositoryRoot, worker);
  return {
    api: join(api, 'main.js'),
    worker: join(worker, 'main.js'),
    maintainer: join(worker, 'maintainer.js'),
  };
}
