import { ForkedProcess } from './forked-process.ts';
import {
  maxRequests,
  type FromGenerator,
  type LoadPlan,
  type LoadReport,
  type ToGenerator,
} from './load-plan.ts';
import type { LoadListeners } from './load.ts';

/** The generator as its parent sees it. */
export class LoadClient {
  private readonly child: ForkedProcess<ToGenerator, FromGenerator>;

  private constructor(child: ForkedProcess<ToGenerator, FromGenerator>) {
    this.child = child;
  }

  /** Starts the process; resolves when its requests are made and its connections are open. */
  static async start(plan: LoadPlan): Promise<LoadClient> {
    const entry = new URL('./generator-main.ts', import.meta.url);
    const child = new ForkedProcess<ToGenerator, FromGenerator>(entry);
    child.send({ kind: 'prepare', plan });
    await child.receive((message) => (message.kind === 'prepared' ? true : undefined));
    return new LoadClient(child);
  }

  get pid(): number {
    return this.child.pid;
  }

  /** @throws Error when the load fails or its process ends */
  run(seconds: number, listeners: LoadListeners): Promise<LoadReport> {
    this.child.send({ kind: 'run', seconds, maxRequests });
    return this.child.receive((message) => {
      if (message.kind === 'progress') {
        listeners.onProgress(message.acceptedEvents, message.seconds);
      } else if (message.kind === 'deadline') {
        listeners.onDeadline();
      } else if (message.kind === 'done') {
        return message.report;
      }
      return undefined;
    });
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}
