import { ApiException, PatchStrategy, setHeaderOptions, type V1Pod } from '@kubernetes/client-node';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { isReady, nameOf, type Component, type Release } from './release.ts';
import { serviceImage } from './values.ts';

/**
 * Kills the first process of a component's pod with SIGKILL, as the kernel does when memory runs out.
 * A container cannot kill its own first process, so a pod that sees the node's processes does it; it
 * runs as the same user and needs no privilege. Resolves when the next container of the pod is ready, or
 * when an autoscaler that wants fewer pods has taken this one, the first that is not ready.
 */
export async function killContainer(release: Release, component: Component): Promise<void> {
  const name = await release.readyPod(component);
  const { namespace } = release;
  const pod = await release.cluster.core.readNamespacedPod({ name, namespace });
  const container = pod.status?.containerStatuses?.[0];
  const id = container?.containerID?.replace(/^.*:\/\//, '');
  if (id === undefined) throw new Error(`${name} has no container`);
  const helper = `kill-${Date.now()}`;
  await release.cluster.core.createNamespacedPod({
    namespace,
    body: killer(helper, id, pod),
  });
  await eventually(
    async () => {
      const { status } = await release.cluster.core.readNamespacedPod({ name: helper, namespace });
      if (status?.phase === 'Failed') throw new Error('The killing pod failed');
      return status?.phase === 'Succeeded';
    },
    { timeoutMs: 60_000, describe: `SIGKILL of ${name}` },
  );
  await release.cluster.core.deleteNamespacedPod({ name: helper, namespace });
  await eventually(
    async () => {
      const pods = await release.pods(component);
      const now = pods.find((each) => nameOf(each) === name);
      if (now === undefined) return pods.some(isReady);
      const next = now.status?.containerStatuses?.[0];
      const isAnother = next?.containerID !== undefined && !next.containerID.endsWith(id);
      return isAnother && next.restartCount > (container?.restartCount ?? 0) && isReady(now);
    },
    { timeoutMs: 90_000, intervalMs: 250, describe: `another container of ${name}` },
  );
}

/**
 * Finds the container's processes by their control group and kills the one that is the first of its own
 * namespace. The lowest number on the node does not identify it: numbers start anew at pid_max, so a connection's
 * process can have a lower one than the server that it descends from.
 */
const script = `
const { readdirSync, readFileSync } = require('node:fs');
const own = readdirSync('/proc').filter((name) => {
  try { return /^\\d+$/.test(name) && readFileSync('/proc/' + name + '/cgroup', 'utf8').includes(process.argv[1]); }
  catch { return false; }
});
const first = own.filter((name) => {
  try { return /^NSpid:.*\\s1$/m.test(readFileSync('/proc/' + name + '/status', 'utf8')); }
  catch { return false; }
});
if (first.length !== 1) throw new Error(first.length + ' first processes of ' + own.length + ' in the container');
process.kill(Number(first[0]), 'SIGKILL');`;

function killer(name: string, containerId: string, victim: V1Pod) {
  return {
    metadata: { name },
    spec: {
      hostPID: true,
      restartPolicy: 'Never',
      nodeName: victim.spec?.nodeName ?? '',
      containers: [
        {
          name: 'kill',
          image: serviceImage('worker'),
          args: ['-e', script, containerId],
          securityContext: {
            runAsUser:
              victim.spec?.containers[0]?.securityContext?.runAsUser ??
              victim.spec?.securityContext?.runAsUser ??
              1000,
          },
        },
      ],
    },
  };
}

/**
 * Asks for the eviction of a pod, as a drain does.
 *
 * @returns whether the disruption budget allowed it
 */
export async function evict(release: Release, name: string): Promise<boolean> {
  const { namespace } = release;
  const body = { metadata: { name, namespace } };
  try {
    await release.cluster.core.createNamespacedPodEviction({ name, namespace, body });
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 429) return false;
    throw error;
  }
}

/** Evicts all pods of a component, each as soon as the budget allows it, and waits for the next ones. */
export async function evictAll(release: Release, component: Component): Promise<void> {
  const pods = await release.pods(component);
  for (const pod of pods) {
    await eventually(() => evict(release, nameOf(pod)), {
      timeoutMs: 120_000,
      intervalMs: 500,
      describe: `the eviction of ${nameOf(pod)}`,
    });
  }
  await eventually(
    async () => {
      const now = (await release.pods(component)).filter(isReady).map(nameOf);
      return now.length >= pods.length && !pods.some((pod) => now.includes(nameOf(pod)));
    },
    { timeoutMs: 90_000, intervalMs: 250, describe: `other pods of ${component}` },
  );
}

/** Stops a bundled server, as an outage does: its pod ends, its volume stays. */
export async function stopServer(release: Release, component: 'redis' | 'postgres'): Promise<void> {
  await scaleServer(release, component, 0);
  await eventually(async () => (await release.pods(component)).length === 0, {
    timeoutMs: 60_000,
    describe: `the end of ${component}`,
  });
}

/** Brings it back, and waits until it is ready. */
export async function startServer(
  release: Release,
  component: 'redis' | 'postgres',
): Promise<void> {
  await scaleServer(release, component, 1);
  await eventually(async () => (await release.pods(component)).some(isReady), {
    timeoutMs: 90_000,
    describe: `a ready ${component}`,
  });
}

async function scaleServer(
  { cluster, fullName, namespace }: Release,
  component: 'redis' | 'postgres',
  replicas: number,
): Promise<void> {
  await cluster.apps.patchNamespacedStatefulSetScale(
    { name: `${fullName}-${component}`, namespace, body: { spec: { replicas } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}

/**
 * Takes the nodes that hold pods of the release out of service for as long as `during` runs: what is evicted
 * finds no place there. Nodes that were out of service before stay so.
 */
export async function cordoned(release: Release, during: () => Promise<void>): Promise<void> {
  const { core } = release.cluster;
  const { items: nodes } = await core.listNode();
  const { items: pods } = await core.listNamespacedPod({ namespace: release.namespace });
  const own = new Set(pods.map((pod) => pod.spec?.nodeName));
  const names = nodes
    .filter((node) => own.has(node.metadata?.name) && node.spec?.unschedulable !== true)
    .map((node) => node.metadata?.name ?? '');
  try {
    for (const name of names) await setUnschedulable(release, name, true);
    await during();
  } finally {
    for (const name of names) await setUnschedulable(release, name, false);
  }
}

async function setUnschedulable({ cluster }: Release, name: string, unschedulable: boolean) {
  const body = { spec: { unschedulable } };
  await cluster.core.patchNode(
    { name, body },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}

/** Deletes a component's pod as `kubectl delete pod` does, and waits for the next one to be ready. */
export async function restartPod(release: Release, component: Component): Promise<void> {
  const { core } = release.cluster;
  const [pod] = await release.pods(component);
  if (!pod) throw new Error(`${component} has no pod`);
  await core.deleteNamespacedPod({ name: nameOf(pod), namespace: release.namespace });
  await eventually(
    async () => {
      const ready = await release.readyPod(component);
      const now = await core.readNamespacedPod({ name: ready, namespace: release.namespace });
      return now.metadata?.uid !== pod.metadata?.uid;
    },
    { timeoutMs: 90_000, intervalMs: 250, describe: `another pod of ${component}` },
  );
}
