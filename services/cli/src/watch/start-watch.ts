import { createApiClient } from './cluster/api-client.ts';
import { findRelease } from './cluster/find-release.ts';
import { loadKubeConfig, usualNamespace } from './cluster/load-kube-config.ts';
import { runWatch } from './run-watch.ts';

/** What the person gave on the command line. */
export interface WatchCommandOptions {
  namespace?: string;
  release?: string;
  context?: string;
  record?: string;
  /** Seconds. */
  for?: number;
}

/**
 * Finds the cluster and the release, and watches it.
 *
 * @throws CliError when either is not found
 */
export async function startWatch(options: WatchCommandOptions): Promise<void> {
  const kubeConfig = loadKubeConfig(options.context);
  const api = createApiClient(kubeConfig);
  const found = await findRelease(api, {
    namespace: options.namespace,
    usualNamespace: usualNamespace(kubeConfig),
    release: options.release,
  }).finally(() => api.close());
  const forMs = options.for === undefined ? undefined : options.for * 1_000;
  await runWatch({ kubeConfig, ...found, record: options.record, forMs });
}
