import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PolicyV1Api,
} from '@kubernetes/client-node';
import { createApiClient, type ApiClient } from '@event-platform/cli/watch/cluster/api-client';

/** A cluster to test in: the clients that the suites need. */
export interface Cluster {
  config: KubeConfig;
  core: CoreV1Api;
  apps: AppsV1Api;
  custom: CustomObjectsApi;
  policy: PolicyV1Api;
  /** For what is read often: it keeps its connections, while the generated clients open one a request. */
  reader: ApiClient;
}

/** Connects to the cluster that KUBECONFIG names, or the default of kubectl. */
export function connectCluster(): Cluster {
  const config = new KubeConfig();
  config.loadFromDefault();
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    policy: config.makeApiClient(PolicyV1Api),
    reader: createApiClient(config),
  };
}

/** An address of the first node that answers on the ports of the nodes. */
export async function nodeAddress({ core }: Cluster): Promise<string> {
  const { items } = await core.listNode();
  for (const node of items) {
    const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP');
    if (address) return address.address;
  }
  throw new Error('No node of the cluster has an InternalIP');
}
