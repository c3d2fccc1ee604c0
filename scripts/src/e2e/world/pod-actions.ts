import type { V1Pod } from '@kubernetes/client-node';
import { eventually } from '@event-platform/shared/testing/eventually';
import type { Component, Release } from './release.ts';
import { serviceImage } from './values.ts';

const nameOf = (pod: V1Pod): string => pod.metadata?.name ?? '';

/**
 * Kills the first process of a component's pod with SIGKILL, as the kernel does when memory runs out.
 * A container cannot kill its own first process, so a pod that sees the node's processes does it; it
 * runs as the same user and needs no privilege.
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
    { timeoutMs: 30_000, describe: `SIGKILL of ${name}` },
  );
  await release.cluster.core.deleteNamespacedPod({ name: helper, namespace });
}

/** Finds the container's processes by their control group and kills the one that the others descend from. */
const script = `
const { readdirSync, readFileSync } = require('node:fs');
const own = readdirSync('/proc').filter((name) => {
  try { return /^\\d+$/.test(name) && readFileSync('/proc/' + name + '/cgroup', 'utf8').includes(process.argv[1]); }
  catch { return false; }
});
if (own.length === 0) throw new Error('no such container on this node');
process.kill(Math.min(...own.map(Number)), 'SIGKILL');`;

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

/** Deletes a component's pods one by one through the eviction API, which heeds disruption budgets. */
export async function evictAll(release: Release, component: Component): Promise<void> {
  for (const pod of await release.pods(component)) {
    const name = nameOf(pod);
    await eventually(
      async () => {
        await release.cluster.core.createNamespacedPodEviction({
          name,
          namespace: release.namespace,
          body: { metadata: { name, namespace: release.namespace } },
        });
        return true;
      },
      // Refused with 429 for as long as the budget is spent.
      { timeoutMs: 120_000, intervalMs: 1_000, describe: `the eviction of ${name}` },
    );
  }
}

/** Takes a node out of service, evicts the platform's pods from it, and puts it back. */
export async function drainNode(release: Release, during: () => Promise<void>): Promise<void> {
  const { core } = release.cluster;
  const [node] = (await core.listNode()).items;
  const name = node?.metadata?.name ?? '';
  await setUnschedulable(release, name, true);
  try {
    await during();
  } finally {
    await setUnschedulable(release, name, false);
  }
}

async function setUnschedulable(release: Release, name: string, unschedulable: boolean) {
  const { core } = release.cluster;
  const node = await core.readNode({ name });
  await core.replaceNode({ name, body: { ...node, spec: { ...node.spec, unschedulable } } });
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
