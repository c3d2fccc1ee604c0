import { fork, type ChildProcess, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Sent by a child that cannot go on; part of the messages of every child. */
interface Failed {
  kind: 'failed';
  message: string;
}

/** A child process that communicates by messages and ends with this one. */
export class ForkedProcess<To extends object, From extends { kind: string }> {
  private readonly child: ChildProcess;
  readonly pid: number;

  constructor(entry: URL, args: string[] = []) {
    this.child = fork(fileURLToPath(entry), args, { execArgv: ['--no-warnings'] });
    if (this.child.pid === undefined) throw new Error(`${entry.pathname} does not start.`);
    this.pid = this.child.pid;
  }

  send(message: To): void {
    this.child.send(message);
  }

  /**
   * Passes each message to `probe` until it returns a value.
   *
   * @throws Error when the child reports a failure or ends
   */
  receive<T>(probe: (message: From) => T | undefined): Promise<T> {
    const { child } = this;
    return new Promise((resolve, reject) => {
      const onMessage = (message: Serializable) => {
        const { kind } = message as unknown as From | Failed;
        const failure = kind === 'failed' ? (message as unknown as Failed).message : undefined;
        if (failure !== undefined) {
          settle(() => reject(new Error(failure)));
          return;
        }
        const found = probe(message as unknown as From);
        if (found !== undefined) settle(() => resolve(found));
      };
      const onExit = () => settle(() => reject(new Error('A process of the bench has ended.')));
      const settle = (act: () => void) => {
        child.off('message', onMessage).off('exit', onExit);
        act();
      };
      child.on('message', onMessage).once('exit', onExit);
      if (child.exitCode !== null) onExit();
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    if (this.child.connected) this.child.disconnect();
    await exited;
  }
}
