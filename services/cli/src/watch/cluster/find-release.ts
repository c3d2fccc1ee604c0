import { CliError } from '../../lib/cli-error.ts';
import { describeError } from '../../lib/explain-error.ts';
import type { DeploymentObject } from '../model/objects.ts';
import { ApiError, type ApiClient } from './api-client.ts';

export interface FoundRelease {
  namespace: string;
  release: string;
}

export interface Wanted {
  /** As given by the person; undefined: anywhere, the usual one first. */
  namespace: string | undefined;
  usualNamespace: string;
  release: string | undefined;
}

const components = 'app.kubernetes.io/component in (api,worker)';
const ofOwnChart = /^event-platform-\d/;

/**
 * Finds the release to watch by the labels of the chart. One that is named with its namespace is
 * taken as it is, installed or not.
 *
 * @throws CliError when there is none, or several to choose from
 */
export async function findRelease(api: ApiClient, wanted: Wanted): Promise<FoundRelease> {
  const { namespace, usualNamespace, release } = wanted;
  if (namespace !== undefined && release !== undefined) return { namespace, release };
  const near = await listReleases(api, namespace ?? usualNamespace);
  const matching = (found: FoundRelease[]) =>
    found.filter((one) => release === undefined || one.release === release);
  let found = matching(near);
  if (found.length === 0 && namespace === undefined) {
    found = matching(await listReleases(api, undefined));
  }
  const [first] = found;
  if (found.length === 1 && first) return first;
  const what = release === undefined ? 'No release of the chart' : `No release ${release}`;
  if (!first) {
    const where = namespace === undefined ? 'this cluster' : `namespace ${namespace}`;
    throw new CliError(
      `${what} is in ${where}: name one that is still to come with --namespace and --release.`,
    );
  }
  const names = found.map((one) => `--namespace ${one.namespace} --release ${one.release}`);
  throw new CliError(`There are several releases; add one of:\n  ${names.join('\n  ')}`);
}

/** The releases in a namespace, or in all of them. */
async function listReleases(
  api: ApiClient,
  namespace: string | undefined,
): Promise<FoundRelease[]> {
  const where = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = `labelSelector=${encodeURIComponent(components)}`;
  const items = await listDeployments(api, `/apis/apps/v1${where}/deployments?${query}`);
  const found = new Map<string, FoundRelease>();
  for (const { metadata } of items) {
    const chart = metadata.labels?.['helm.sh/chart'] ?? '';
    const release = metadata.labels?.['app.kubernetes.io/instance'];
    if (release === undefined || !ofOwnChart.test(chart)) continue;
    const one = { namespace: metadata.namespace ?? '', release };
    found.set(`${one.namespace}/${release}`, one);
  }
  return [...found.values()];
}

async function listDeployments(api: ApiClient, path: string): Promise<DeploymentObject[]> {
  try {
    return (JSON.parse(await api.get(path)) as { items: DeploymentObject[] }).items;
  } catch (error) {
    // Without the right to list Deployments, a release can still be named.
    if (error instanceof ApiError && error.status === 403) return [];
    throw new CliError(
      `The API server does not answer as it should (${describeError(error).what}): check KUBECONFIG and --context.`,
      { cause: error },
    );
  }
}
