import { ForkedProcess } from './forked-process.ts';
import type { FromGenerator, LoadPlan, LoadReport, ToGenerator } from './load-plan.ts';
import type { LoadListeners } from './load.ts';

/** The generator, in a process of its own. */
export class LoadProcess {
  private readonly child: ForkedProcess<ToGenerator, FromGenerator>;

  private constructor(child: ForkedProcess<ToGenerator, FromGenerator>) {
    this.child = child;
  }

  /** Starts the process; resolves when its requests are made and its connections are open. */
  static async open(plan: LoadPlan): Promise<LoadProcess> {
    const entry = new URL('./generator-main.ts', import.meta.url);
    const child = new ForkedProcess<ToGenerator, FromGenerator>(entry);
    child.send({ kind: 'open', plan });
    await child.receive((message) => (message.kind === 'ready' ? true : undefined));
    return new LoadProcess(child);
  }

  get pid(): number {
    return this.child.pid;
  }

  /** @param names of the senders; default: all */
  start(names?: readonly string[]): void {
    this.child.send({ kind: 'start', names });
  }

  /** Begins another interval of the report. */
  interval(): void {
    this.child.send({ kind: 'interval' });
  }

  /**
   * Ends the sending and waits for the last answers.
   *
   * @throws Error when a connection broke or a request got anything but 202
   */
  async stop(): Promise<LoadReport> {
    const done = this.child.receive((message) =>
      message.kind === 'done' ? message.report : undefined,
    );
    this.child.send({ kind: 'stop' });
    return allAccepted(await done);
  }

  /**
   * Sends for so long and waits for the last answers.
   *
   * @throws Error as `stop`
   */
  async run(seconds: number, listeners: LoadListeners): Promise<LoadReport> {
    this.child.send({ kind: 'run', seconds });
    const report = await this.child.receive((message) => {
      if (message.kind === 'progress') {
        listeners.onProgress(message.acceptedEvents, message.seconds);
      } else if (message.kind === 'deadline') {
        listeners.onDeadline();
      } else if (message.kind === 'done') {
        return message.report;
      }
      return undefined;
    });
    return allAccepted(report);
  }

  /** Ends the process. */
  close(): Promise<void> {
    return this.child.stop();
  }
}

/** A figure that rests on refused requests would say nothing. */
function allAccepted(report: LoadReport): LoadReport {
  const refused = Object.entries(report.statuses).filter(([status]) => status !== '202');
  if (refused.length === 0) return report;
  const counts = refused.map(([status, count]) => `${count} × ${status}`).join(', ');
  throw new Error(`Requests were not answered with 202: ${counts}.`);
}
