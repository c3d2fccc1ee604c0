import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { WatchedKind } from '../model/objects.ts';
import type { RecordedChange } from '../recorded/read-recorded.ts';

interface Refusal {
  status: number;
  message: string;
}

/**
 * For tests: speaks as much of the API as the client asks for — lists, watches, the proxy of a pod —
 * over plain HTTP, and serves recorded objects.
 */
export class FakeApiServer {
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));
  readonly #objects = new Map<WatchedKind, Map<string, RecordedChange['object']>>();
  readonly #watchers = new Map<ServerResponse, WatchedKind>();
  readonly refusals = new Map<WatchedKind | 'proxy', Refusal>();
  /** Text of the metrics of each pod, by its name. */
  readonly metrics = new Map<string, string>();
  #port = 0;

  /** Starts, on the same port as before when it is started again. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Drops all connections, as a restart does. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    this.#watchers.clear();
  }

  kubeConfig(): KubeConfig {
    const kubeConfig = new KubeConfig();
    // Plain HTTP is taken by the client only where TLS is not asked to be verified.
    const server = `http://127.0.0.1:${this.#port}`;
    kubeConfig.loadFromClusterAndUser(
      { name: 'fake', server, skipTLSVerify: true },
      { name: 'tester', token: 'none' },
    );
    return kubeConfig;
  }

  /** Sends a change of the cluster to all watches. */
  report({ kind, type, object }: RecordedChange): void {
    const objects = this.#objectsOf(kind);
    if (type === 'DELETED') objects.delete(object.metadata.name);
    else objects.set(object.metadata.name, object);
    for (const [response, watched] of this.#watchers) {
      if (watched === kind) response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  #objectsOf(kind: WatchedKind): Map<string, RecordedChange['object']> {
    const objects = this.#objects.get(kind) ?? new Map<string, RecordedChange['object']>();
    this.#objects.set(kind, objects);
    return objects;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fake');
    const proxied = /\/pods\/([^/:]+):\d+\/proxy\/metrics$/.exec(url.pathname)?.[1];
    const kind = url.pathname.split('/').at(-1) as WatchedKind;
    const refusal = this.refusals.get(proxied === undefined ? kind : 'proxy');
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', message: refusal.message }));
    } else if (proxied !== undefined) {
      response.end(this.metrics.get(proxied) ?? '');
    } else if (url.searchParams.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      this.#watchers.set(response, kind);
      response.on('close', () => this.#watchers.delete(response));
    } else {
      const items = [...this.#objectsOf(kind).values()];
      response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items }));
    }
  }
}
