import { createServer, type AddressInfo, type Socket } from 'node:net';
import { PortForward } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';

/** A port of this machine behind which a pod's port lies. */
export interface Tunnel {
  port: number;
  close: () => Promise<void>;
}

/**
 * Opens a tunnel through the API server, which works wherever kubectl does. The pod is looked up for
 * each connection, so the tunnel outlives it.
 *
 * @param findPod the pod's name at the time
 */
export async function openTunnel(
  { config }: Cluster,
  namespace: string,
  findPod: () => Promise<string>,
  targetPort: number,
): Promise<Tunnel> {
  const forward = new PortForward(config);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    let closeFar: () => void = () => undefined;
    socket
      // The client sees the connection end; there is nothing else to report to.
      .on('error', () => socket.destroy())
      .on('close', () => {
        open.delete(socket);
        closeFar();
      });
    findPod()
      .then((pod) => forward.portForward(namespace, pod, [targetPort], socket, null, socket))
      .then((far) => {
        const connection = typeof far === 'function' ? far() : far;
        closeFar = () => connection?.close();
        connection?.on('close', () => socket.destroy()).on('error', () => socket.destroy());
        if (socket.destroyed) closeFar();
      })
      .catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}
