import type { ProcessExit } from '@event-platform/testkit/servers/supervised-process';

/** What runs in a slot. */
export interface Running {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** In good order. */
  stop: () => Promise<unknown>;
  /** Waits for the end unless the signal is a pause. */
  kill: (signal: NodeJS.Signals) => Promise<void>;
}

/**
 * The place of one process: it can be killed, frozen, stopped and started again on the same port and
 * data. A process that ends though nobody here asked it to is remembered: it is a finding.
 */
export class Slot<Kind extends Running = Running> {
  readonly name: string;
  readonly #launch: () => Promise<Kind>;
  #running: Kind | undefined;
  #isAsked = false;
  #surprise: ProcessExit | undefined;

  constructor(name: string, launch: () => Promise<Kind>) {
    this.name = name;
    this.#launch = launch;
  }

  /** @throws Error when nothing runs here */
  get running(): Kind {
    if (this.#running === undefined) throw new Error(`${this.name} does not run.`);
    return this.#running;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** How the last process ended, if nobody here had asked it to. */
  get surprise(): ProcessExit | undefined {
    return this.#surprise;
  }

  /** Does nothing when it runs. */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const running = await this.#launch();
    this.#running = running;
    this.#isAsked = false;
    void running.exited.then((exit) => {
      if (this.#running === running) this.#running = undefined;
      if (!this.#isAsked) this.#surprise = exit;
    });
  }

  /** SIGKILL unless told otherwise: the process is gone in the middle of whatever it does. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#end((running) => running.kill(signal));
  }

  /** In good order, as a deploy does. */
  async stop(): Promise<void> {
    await this.#end((running) => running.stop());
  }

  /** It hangs, with all its connections open. */
  async freeze(): Promise<void> {
    await this.running.kill('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.running.kill('SIGCONT');
  }

  /** From now on its end is no surprise, such as that of a server whose disk is full. */
  expectEnd(): void {
    this.#isAsked = true;
  }

  async #end(end: (running: Kind) => Promise<unknown>): Promise<void> {
    this.#isAsked = true;
    const running = this.#running;
    if (running === undefined) return;
    await end(running);
    await running.exited;
  }
}
