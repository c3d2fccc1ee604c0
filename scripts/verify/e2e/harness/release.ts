import {
  ApiException,
  type V1Deployment,
  type V1Pod,
  type V1PodList,
} from '@kubernetes/client-node';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { chartDir } from '../../../build/lib/chart-paths.ts';
import type { Helm } from '../../../build/chart/render.ts';
import type { Cluster } from './cluster.ts';
import { helm } from './helm.ts';

export type Component = 'api' | 'worker' | 'maintainer' | 'redis' | 'postgres' | 'migrate' | 'test';

/** Values of the chart, nested as in values.yaml. */
export interface Values {
  [name: string]: Values | string | number | boolean | null;
}

const name = 'ep';

/**
 * One installation of the chart in a namespace of its own. The chart's bundled Redis and PostgreSQL
 * keep what they hold on volumes, so that their pods may die.
 */
export class Release {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly name = name;
  readonly fullName = `${name}-event-platform`;

  private readonly version: Helm;

  constructor(cluster: Cluster, namespace: string, version: Helm = 'helm') {
    this.cluster = cluster;
    this.namespace = namespace;
    this.version = version;
  }

  /** Installs or upgrades with all of these values, and waits until every pod is ready. */
  async apply(values: Values): Promise<void> {
    const where = ['upgrade', '--install', name, chartDir, '--namespace', this.namespace];
    const how = ['--create-namespace', '--values', '-', '--wait', '--timeout', '180s'];
    await this.helm([...where, ...how], JSON.stringify(values));
  }

  /** Goes back to a revision and waits until its pods are ready. */
  async rollback(revision: number): Promise<void> {
    const target = [name, String(revision), '--namespace', this.namespace];
    await this.helm(['rollback', ...target, '--wait', '--timeout', '180s']);
  }

  /** Runs `helm test` and returns what its pod printed. */
  test(): Promise<string> {
    return this.helm(['test', name, '--namespace', this.namespace, '--timeout', '180s']);
  }

  /** Removes the release; what Helm does not own stays. */
  async uninstall(): Promise<void> {
    const target = [name, '--namespace', this.namespace];
    await this.helm(['uninstall', ...target, '--wait', '--timeout', '120s']);
  }

  /** Removes the namespace with all that is in it, and waits until it is gone; not there: nothing to do. */
  async destroy(): Promise<void> {
    const { core } = this.cluster;
    const namespace = { name: this.namespace };
    if (!(await this.exists())) return;
    await this.uninstall().catch(() => undefined);
    await core.deleteNamespace(namespace);
    await eventually(async () => !(await this.exists()), {
      timeoutMs: 120_000,
      intervalMs: 500,
      describe: `the end of namespace ${this.namespace}`,
    });
  }

  private helm(args: readonly string[], input = ''): Promise<string> {
    return helm(args, { input, version: this.version });
  }

  private async exists(): Promise<boolean> {
    try {
      await this.cluster.core.readNamespace({ name: this.namespace });
      return true;
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return false;
      throw error;
    }
  }

  /** Pods of a component that are not on their way out. */
  async pods(component: Component): Promise<V1Pod[]> {
    const selector = encodeURIComponent(this.selector(component));
    const { items } = await this.read<V1PodList>(
      `api/v1/namespaces/${this.namespace}/pods?labelSelector=${selector}`,
    );
    return items.filter((pod) => pod.metadata?.deletionTimestamp === undefined);
  }

  selector(component: Component): string {
    return `app.kubernetes.io/instance=${name},app.kubernetes.io/component=${component}`;
  }

  /** The name of a pod of a component that is ready. */
  async readyPod(component: Component): Promise<string> {
    const pods = await this.pods(component);
    const ready = pods.find(isReady);
    if (!ready?.metadata?.name) throw new Error(`No pod of ${component} is ready`);
    return ready.metadata.name;
  }

  /** What a pod has logged. */
  log(pod: string): Promise<string> {
    return this.cluster.core.readNamespacedPodLog({ name: pod, namespace: this.namespace });
  }

  deployment(component: 'api' | 'worker' | 'maintainer'): Promise<V1Deployment> {
    return this.read(
      `apis/apps/v1/namespaces/${this.namespace}/deployments/${this.fullName}-${component}`,
    );
  }

  private async read<Read>(path: string): Promise<Read> {
    return JSON.parse(await this.cluster.reader.get(`/${path}`)) as Read;
  }

  /** Where tenants reach the api: a port of the node that the chart's Service has. */
  async nodePort(): Promise<number> {
    const service = await this.cluster.core.readNamespacedService({
      name: `${this.fullName}-api`,
      namespace: this.namespace,
    });
    const port = service.spec?.ports?.[0]?.nodePort;
    if (port === undefined) throw new Error('The api has no port on the node');
    return port;
  }
}

/** The name of a pod. */
export const nameOf = (pod: V1Pod): string => pod.metadata?.name ?? '';

/** Whether a pod takes traffic. */
export function isReady(pod: V1Pod): boolean {
  return (
    pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
    false
  );
}

/** Whether a pod's containers have started. */
export function isRunning(pod: V1Pod): boolean {
  return pod.status?.phase === 'Running';
}
