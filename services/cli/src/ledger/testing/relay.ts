import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * A TCP relay that can change its backend under connections that are kept, as proxies in front of
 * Redis do at a failover. What is under way at that moment is lost, so change it while nothing is.
 */
export class Relay {
  readonly #server: Server;
  readonly #clients = new Map<Socket, Socket>();
  #backendPort: number;

  private constructor(backendPort: number) {
    this.#backendPort = backendPort;
    this.#server = createServer((client) => {
      client.on('error', () => undefined);
      client.on('close', () => {
        this.#clients.get(client)?.destroy();
        this.#clients.delete(client);
      });
      client.on('data', (chunk) => this.#clients.get(client)?.write(chunk));
      this.#connectBackend(client);
    });
  }

  static async start(backendPort: number): Promise<Relay> {
    const relay = new Relay(backendPort);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that clients have open. */
  get connections(): number {
    return this.#clients.size;
  }

  /** From now on every connection, the open ones too, leads to this port of 127.0.0.1. */
  changeBackend(port: number): void {
    this.#backendPort = port;
    for (const [client, old] of this.#clients) {
      old.removeAllListeners('close');
      old.destroy();
      this.#connectBackend(client);
    }
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.keys()) client.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connectBackend(client: Socket): void {
    const backend = connect(this.#backendPort, '127.0.0.1');
    this.#clients.set(client, backend);
    backend.on('error', () => undefined);
    backend.on('close', () => client.destroy());
    backend.on('data', (chunk) => client.write(chunk));
  }
}
