import { connect, type Socket } from 'node:net';
import { ResponseReader } from './response-reader.ts';

const readBufferBytes = 65_536;

/** One keep-alive connection to 127.0.0.1 with at most one request under way. */
export class Connection {
  private readonly socket: Socket;
  /** Resolves once connected; rejects when that fails. */
  readonly opened: Promise<void>;
  private settle: ((status: number) => void) | undefined;
  private fail: ((error: Error) => void) | undefined;
  private broken: Error | undefined;

  constructor(port: number) {
    const reader = new ResponseReader((status) => this.settle?.(status));
    // One buffer for all that arrives: the answers are counted, not kept.
    const buffer = Buffer.allocUnsafe(readBufferBytes);
    const callback = (length: number) => {
      try {
        reader.push(buffer.subarray(0, length));
      } catch (error) {
        this.break(error as Error);
      }
      return true;
    };
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.opened = promise;
    this.socket.once('connect', () => resolve(undefined));
    this.socket.once('error', (error) => {
      reject(error);
      this.break(error);
    });
    this.socket.once('close', () => this.break(new Error('The server closed a connection.')));
  }

  /** Sends a request. One of the two is called, once, with the status or the reason. */
  send(request: Buffer, onAnswer: (status: number) => void, onError: (error: Error) => void): void {
    if (this.broken) {
      onError(this.broken);
      return;
    }
    this.settle = (status) => {
      this.settle = undefined;
      this.fail = undefined;
      onAnswer(status);
    };
    this.fail = onError;
    this.socket.write(request);
  }

  close(): void {
    this.socket.destroy();
  }

  private break(error: Error): void {
    this.broken ??= error;
    const { fail } = this;
    this.settle = undefined;
    this.fail = undefined;
    fail?.(error);
    this.socket.destroy();
  }
}
