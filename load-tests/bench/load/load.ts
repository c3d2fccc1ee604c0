import { setTimeout as sleep } from 'node:timers/promises';
import { Intervals } from './intervals.ts';
import { epochMs, type LoadPlan, type LoadReport } from './load-plan.ts';
import { Sender } from './sender.ts';

/** Requests under way at the end get their answers within this, or the load has failed. */
const lastAnswersMs = 30_000;
const progressEveryMs = 500;

export interface LoadListeners {
  /** Called twice a second. */
  onProgress: (acceptedEvents: number, seconds: number) => void;
  /** Called when the last request has been sent. */
  onDeadline: () => void;
}

/** All senders of a plan, connected once and started as often as wished. */
export class Load {
  private readonly intervals = new Intervals();
  private readonly failure = Promise.withResolvers<never>();
  private senders: Sender[] = [];
  private running: Sender[] = [];
  private startedAtMs = 0;

  private constructor() {
    // A failure is thrown where somebody waits; between two waits it is kept.
    this.failure.promise.catch(() => undefined);
  }

  /** Makes the requests and connects; nothing is sent yet. */
  static async open({ ports, senders }: LoadPlan): Promise<Load> {
    const load = new Load();
    load.senders = await Promise.all(
      senders.map((plan) => Sender.open(ports, plan, load.intervals, load.failure.reject)),
    );
    return load;
  }

  /** Rejects when a connection breaks. */
  get failed(): Promise<never> {
    return this.failure.promise;
  }

  /** @param names of the senders; default: all */
  start(names?: readonly string[]): void {
    this.running = this.senders.filter(({ plan }) => names?.includes(plan.account) ?? true);
    this.startedAtMs = epochMs();
    // Spread over a second, so that senders of the same pace do not post in step.
    const { length } = this.running;
    for (const [index, sender] of this.running.entries()) sender.start((index * 1_000) / length);
  }

  /** What is due from now on belongs to another interval. */
  nextInterval(): void {
    this.intervals.next();
  }

  /**
   * Sends nothing more and waits for the last answers.
   *
   * @throws Error when a connection broke, or answers are missing after half a minute
   */
  async stop(): Promise<LoadReport> {
    const cancel = new AbortController();
    const tooLate = sleep(lastAnswersMs, undefined, { signal: cancel.signal }).then(() => {
      const open = this.running.reduce((sum, { unanswered }) => sum + unanswered, 0);
      throw new Error(`${open} requests got no answer.`);
    });
    tooLate.catch(() => undefined);
    const answered = Promise.all(this.running.map((sender) => sender.stop()));
    try {
      await Promise.race([answered, tooLate, this.failed]);
    } finally {
      cancel.abort();
    }
    return this.report();
  }

  /**
   * Starts all senders and stops them after so long, or when all have sent what they had to send.
   *
   * @throws Error as `stop`
   */
  async run(seconds: number, { onProgress, onDeadline }: LoadListeners): Promise<LoadReport> {
    this.start();
    const cancel = new AbortController();
    const { signal } = cancel;
    const progress = setInterval(
      () => onProgress(this.acceptedEvents, (epochMs() - this.startedAtMs) / 1_000),
      progressEveryMs,
    );
    const deadline = sleep(seconds * 1_000, undefined, { signal }).catch(() => undefined);
    const finished = Promise.all(this.running.map((sender) => sender.finished));
    try {
      await Promise.race([deadline, finished, this.failed]);
    } finally {
      cancel.abort();
      clearInterval(progress);
    }
    const stopped = this.stop();
    onDeadline();
    return stopped;
  }

  close(): void {
    for (const sender of this.senders) sender.close();
  }

  private get acceptedEvents(): number {
    return this.running.reduce((sum, sender) => sum + sender.acceptedEvents, 0);
  }

  private report(): LoadReport {
    const statuses: Record<string, number> = {};
    for (const [status, count] of this.running.flatMap((sender) => [...sender.statuses])) {
      statuses[status] = (statuses[status] ?? 0) + count;
    }
    return {
      startedAtMs: this.startedAtMs,
      endedAtMs: epochMs(),
      statuses,
      accepted: Object.fromEntries(
        this.running.map(({ plan, acceptedEvents }) => [plan.account, acceptedEvents]),
      ),
      acceptedEvents: this.acceptedEvents,
      distinctEvents: this.running.reduce((sum, sender) => sum + sender.distinctEvents, 0),
      latestMs: Math.max(0, ...this.running.map(({ latestMs }) => latestMs)),
      intervals: this.intervals.take(),
    };
  }
}
