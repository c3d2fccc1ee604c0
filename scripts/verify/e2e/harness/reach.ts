import { eventually } from '@event-platform/testkit/harness/eventually';
import type { Cluster } from './cluster.ts';
import { serviceImage } from './values.ts';

/** Where a pod tries to connect to. */
export interface Address {
  host: string;
  port: number;
}

// What is denied is dropped and not refused, so it shows only by time.
const script = `
const net = require('node:net');
const reach = ({ host, port }) => new Promise((resolve) => {
  const socket = net.connect({ host, port, timeout: 3000 });
  const end = (answer) => { socket.destroy(); resolve(answer); };
  socket.on('connect', () => end('open')).on('timeout', () => end('closed')).on('error', () => end('closed'));
});
(async () => console.log(JSON.stringify(await Promise.all(JSON.parse(process.argv[1]).map(reach)))))();
`;

/**
 * Starts an unrelated pod, in a namespace of its own, and lets it connect.
 *
 * @returns for each address whether somebody answered
 */
export async function reachFrom(
  { core }: Cluster,
  namespace: string,
  addresses: readonly Address[],
): Promise<('open' | 'closed')[]> {
  const name = `reach-${Date.now().toString(36)}`;
  await core.createNamespacedPod({
    namespace,
    body: {
      metadata: { name },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'reach',
            image: serviceImage('worker'),
            args: ['-e', script, JSON.stringify(addresses)],
          },
        ],
      },
    },
  });
  await eventually(
    async () => {
      const pod = await core.readNamespacedPod({ name, namespace });
      return pod.status?.phase === 'Succeeded';
    },
    { timeoutMs: 60_000, intervalMs: 250, describe: 'the end of a pod that connects' },
  );
  return JSON.parse(await core.readNamespacedPodLog({ name, namespace })) as ('open' | 'closed')[];
}
