import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a link does to the bytes on it, in both directions. */
export interface LinkFaults {
  /** Each byte arrives so much later. */
  latencyMs: number;
  /** Bytes a second of each connection and direction. */
  bytesPerSecond: number;
  /**
   * What does not get through: nothing, all, or the answers alone, so that the server does what it is
   * asked and nobody hears of it. New connections are taken, and silent. What is held back arrives
   * when the link heals, as TCP would send it again, unless the connection has ended by then.
   */
  blocked: 'nothing' | 'answers' | 'all';
}

const healthy: LinkFaults = { latencyMs: 0, bytesPerSecond: Infinity, blocked: 'nothing' };

/** Held back by a direction before it stops to read: about what a kernel would hold. */
const maxHeldBytes = 1_000_000;

/** A link between two of our processes, as a TCP proxy on 127.0.0.1 that can be hurt. */
export class FaultProxy {
  private readonly server: Server;
  private readonly pairs = new Set<{ client: Socket; upstream: Socket; ways: Way[] }>();
  private targetPort: number;
  private faults: LinkFaults = healthy;

  private constructor(server: Server, targetPort: number) {
    this.server = server;
    this.targetPort = targetPort;
    server.on('connection', (client) => this.join(client));
  }

  static async start(targetPort: number): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, targetPort);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Leads new connections elsewhere, and ends those that there are. */
  retarget(port: number): void {
    this.targetPort = port;
    this.reset();
  }

  /** Hurts the link; what is not named is healthy. Connections stay. */
  hurt(faults: Partial<LinkFaults>): void {
    this.faults = { ...healthy, ...faults };
    for (const { ways } of this.pairs) for (const way of ways) way.go();
  }

  heal(): void {
    this.hurt({});
  }

  /** Ends every connection with RST on both sides; what was on the way is lost. */
  reset(): void {
    for (const { client, upstream } of this.pairs) {
      resetNow(client);
      resetNow(upstream);
    }
  }

  async close(): Promise<void> {
    this.reset();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }

  private join(client: Socket): void {
    const upstream = connect(this.targetPort, '127.0.0.1');
    const faults = () => this.faults;
    const ways = [
      new Way(client, upstream, faults, (blocked) => blocked === 'all'),
      new Way(upstream, client, faults, (blocked) => blocked !== 'nothing'),
    ];
    const pair = { client, upstream, ways };
    this.pairs.add(pair);
    const clear = () => {
      if (client.closed && upstream.closed) this.pairs.delete(pair);
    };
    client.on('close', clear);
    upstream.on('close', clear);
  }
}

/** A socket that is reset while it connects or ends would keep its handle for ever: those just go. */
function resetNow(socket: Socket): void {
  if (socket.connecting || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

/** One direction of one connection: first in, first out, each chunk not before its time. */
class Way {
  private readonly from: Socket;
  private readonly to: Socket;
  private readonly faults: () => LinkFaults;
  private readonly isBlocked: (blocked: LinkFaults['blocked']) => boolean;
  private held: { chunk: Buffer | 'end'; dueAtMs: number }[] = [];
  private heldBytes = 0;
  private isGoing = false;

  constructor(
    from: Socket,
    to: Socket,
    faults: () => LinkFaults,
    isBlocked: (blocked: LinkFaults['blocked']) => boolean,
  ) {
    this.from = from;
    this.to = to;
    this.faults = faults;
    this.isBlocked = isBlocked;
    from.setNoDelay(true);
    // The close that follows reaches the other side.
    from.on('error', () => undefined);
    from.on('data', (chunk) => this.take(chunk));
    from.on('close', () => this.take('end'));
  }

  /** Lets go of what may go; call when the faults have changed. */
  go(): void {
    if (!this.isGoing) void this.goOn();
  }

  private take(chunk: Buffer | 'end'): void {
    this.held.push({ chunk, dueAtMs: performance.now() + this.faults().latencyMs });
    if (chunk !== 'end') this.heldBytes += chunk.length;
    if (this.heldBytes > maxHeldBytes) this.from.pause();
    this.go();
  }

  private async goOn(): Promise<void> {
    this.isGoing = true;
    for (;;) {
      const [next] = this.held;
      if (next === undefined || this.to.destroyed || this.isBlocked(this.faults().blocked)) break;
      const waitMs = next.dueAtMs - performance.now();
      if (waitMs > 0) {
        // The link may have another fault in the meantime: check again.
        await sleep(waitMs);
        continue;
      }
      this.held.shift();
      if (next.chunk === 'end') this.to.end();
      else await this.write(next.chunk);
    }
    this.isGoing = false;
  }

  private async write(chunk: Buffer): Promise<void> {
    this.heldBytes -= chunk.length;
    this.to.write(chunk);
    const { bytesPerSecond } = this.faults();
    if (bytesPerSecond < Infinity) await sleep((1_000 * chunk.length) / bytesPerSecond);
    if (this.heldBytes <= maxHeldBytes) this.from.resume();
  }
}
