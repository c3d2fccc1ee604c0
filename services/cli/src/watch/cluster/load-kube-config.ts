import { KubeConfig } from '@kubernetes/client-node';
import { CliError } from '../../lib/cli-error.ts';

/**
 * Loads the kubeconfig as kubectl does: KUBECONFIG, else ~/.kube/config, else the pod's own account.
 *
 * @param context by name; without it the current one
 * @throws CliError when there is none, or no such context
 */
export function loadKubeConfig(context: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  try {
    kubeConfig.loadFromDefault();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`The kubeconfig cannot be read (${why}): check KUBECONFIG.`);
  }
  if (context !== undefined) {
    const names = kubeConfig.getContexts().map(({ name }) => name);
    if (!names.includes(context)) {
      throw new CliError(
        `The kubeconfig has no context ${context}: it has ${names.join(', ') || 'none'}.`,
      );
    }
    kubeConfig.setCurrentContext(context);
  }
  if (!kubeConfig.getCurrentCluster()) {
    throw new CliError(
      'No cluster is known: set KUBECONFIG to a kubeconfig, or --context to one of its contexts.',
    );
  }
  return kubeConfig;
}

/** The namespace that kubectl would use. */
export function usualNamespace(kubeConfig: KubeConfig): string {
  return kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace ?? 'default';
}
