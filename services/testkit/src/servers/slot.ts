import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessExit } from './supervised-process.ts';

/** What runs in a slot. */
export interface Running {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** Ends it in good order. */
  stop: () => Promise<unknown>;
  /** Signals it; waits for its end unless the signal is a pause. */
  kill: (signal: NodeJS.Signals) => Promise<void>;
}

export interface SlotOptions {
  /** Pause until a process that ended by itself is started again; default: it is not. */
  restartAfterMs?: number | undefined;
  /** What a process that ended by itself wrote last. */
  lastWords?: () => string;
}

/** Where a process can be killed, frozen, stopped and started again, on the same port and data. */
export class Slot<Kind extends Running = Running> {
  readonly name: string;
  /** How a process of this slot ended, each time that its end was not requested here: a finding. */
  readonly unexpectedExits: string[] = [];
  private readonly launch: () => Promise<Kind>;
  private readonly options: SlotOptions;
  private current: Kind | undefined;
  private isEndExpected = false;
  private restart: Promise<void> | undefined;

  /** @param launch starts the process, or throws */
  constructor(name: string, launch: () => Promise<Kind>, options: SlotOptions = {}) {
    this.name = name;
    this.launch = launch;
    this.options = options;
  }

  /** @throws Error when nothing runs here */
  get running(): Kind {
    if (this.current === undefined) throw new Error(`${this.name} does not run.`);
    return this.current;
  }

  get isRunning(): boolean {
    return this.current !== undefined;
  }

  /** Does nothing when it runs. */
  async start(): Promise<void> {
    if (this.current !== undefined) return;
    this.isEndExpected = false;
    await this.run();
  }

  /** SIGKILL by default: the process is gone in the middle of its work. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.end((running) => running.kill(signal));
  }

  /** Ends it in good order, as a deploy does. */
  async stop(): Promise<void> {
    await this.end((running) => running.stop());
  }

  /** The process hangs, with all its connections open. */
  async freeze(): Promise<void> {
    await this.running.kill('SIGSTOP');
  }

  async thaw(): Promise<void> {
    await this.running.kill('SIGCONT');
  }

  /** From now on its end is expected, such as that of a server whose disk is full. */
  expectEnd(): void {
    this.isEndExpected = true;
  }

  private async run(): Promise<void> {
    const running = await this.launch();
    this.current = running;
    void running.exited.then((exit) => {
      if (this.current === running) this.current = undefined;
      if (this.isEndExpected) return;
      const { lastWords, restartAfterMs } = this.options;
      const how = exit.signal ?? `code ${exit.code ?? 'unknown'}`;
      this.unexpectedExits.push(`${how} ${lastWords?.() ?? ''}`.trim());
      if (restartAfterMs !== undefined) this.restart = this.startAgain(restartAfterMs);
    });
  }

  private async startAgain(pauseMs: number): Promise<void> {
    await sleep(pauseMs);
    if (!this.isEndExpected && this.current === undefined) await this.run();
  }

  private async end(how: (running: Kind) => Promise<unknown>): Promise<void> {
    this.isEndExpected = true;
    // A restart that has begun is waited for: its process would be left behind.
    await this.restart;
    const running = this.current;
    if (running === undefined) return;
    await how(running);
    await running.exited;
  }
}
