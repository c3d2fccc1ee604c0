import { ForkedProcess } from '../load/forked-process.ts';
import type { FromGenerator, ToGenerator, TrafficPlan, TrafficReport } from './traffic-plan.ts';

/** The generator as its parent sees it. */
export class Traffic {
  private readonly child: ForkedProcess<ToGenerator, FromGenerator>;

  private constructor(child: ForkedProcess<ToGenerator, FromGenerator>) {
    this.child = child;
  }

  /** Resolves when every tenant is connected; nobody sends yet. */
  static async open(plan: TrafficPlan): Promise<Traffic> {
    const entry = new URL('./generator-main.ts', import.meta.url);
    const child = new ForkedProcess<ToGenerator, FromGenerator>(entry);
    child.send({ kind: 'plan', plan });
    await child.receive((message) => (message.kind === 'ready' ? true : undefined));
    return new Traffic(child);
  }

  start(accounts: readonly string[]): void {
    this.child.send({ kind: 'start', accounts });
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Begins another lap. */
  interval(): void {
    this.child.send({ kind: 'lap' });
  }

  /**
   * Ends the sending and waits for the last answers.
   *
   * @throws Error when a connection broke or a request got anything but 202
   */
  async stop(): Promise<TrafficReport> {
    const done = this.child.receive((message) =>
      message.kind === 'done' ? message.report : undefined,
    );
    this.child.send({ kind: 'stop' });
    const report = await done;
    const refused = Object.entries(report.statuses).filter(([status]) => status !== '202');
    if (refused.length === 0) return report;
    throw new Error(`Requests were not answered with 202: ${JSON.stringify(report.statuses)}.`);
  }

  /** Ends the process. */
  close(): Promise<void> {
    return this.child.stop();
  }
}
