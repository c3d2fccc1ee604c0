import { createHistogram } from 'node:perf_hooks';
import { uuidV4s, uuidV7s, type EventIds } from '../events/event-ids.ts';
import { accountName } from '../events/sample-event.ts';
import type { Template } from '../events/template.ts';
import { Connection } from './connection.ts';
import { epochMs, type LoadPlan, type LoadReport } from './load-plan.ts';
import { requestTemplates } from './request-templates.ts';

/** Requests under way at the end get their answers within this, or the load has failed. */
const lastAnswersMs = 30_000;

const progressEveryMs = 500;

export interface LoadListeners {
  /** Called twice a second. */
  onProgress: (acceptedEvents: number, seconds: number) => void;
  /** Called when the last request has been sent. */
  onDeadline: () => void;
}

/** A closed loop over keep-alive connections, prepared once and run as often as wished. */
export class Load {
  private readonly plan: LoadPlan;
  private readonly ids: EventIds;
  private readonly templates: Template[][];
  private readonly connections: Connection[];
  /** The next in turn, where every request is of another account. */
  private account = 0;

  private constructor(plan: LoadPlan, connections: Connection[]) {
    this.plan = plan;
    this.ids = plan.ids === 'v7' ? uuidV7s() : uuidV4s();
    this.templates = requestTemplates(plan, Date.now());
    this.connections = connections;
  }

  /** Makes the requests and connects. */
  static async open(plan: LoadPlan): Promise<Load> {
    const connections = Array.from(
      { length: plan.connections },
      (_, index) => new Connection(plan.ports[index % plan.ports.length] ?? 0),
    );
    await Promise.all(connections.map(({ opened }) => opened));
    return new Load(plan, connections);
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  /**
   * Sends until the time or the number of requests is used up, then waits for the last answers.
   *
   * @throws Error when a connection breaks or the last answers stay away
   */
  async run(seconds: number, maxRequests: number, listeners: LoadListeners): Promise<LoadReport> {
    const tally = new Tally(this.plan);
    const startedAtMs = epochMs();
    let isOver = false;
    const end = () => {
      if (!isOver) listeners.onDeadline();
      isOver = true;
    };
    const mayGoOn = () => {
      if (tally.sent >= maxRequests) end();
      return !isOver;
    };
    const deadline = setTimeout(end, seconds * 1_000);
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const lastAnswers = setTimeout(
      () => reject(new Error(`${tally.open} requests got no answer.`)),
      seconds * 1_000 + lastAnswersMs,
    );
    const progress = setInterval(
      () => listeners.onProgress(tally.acceptedEvents, (epochMs() - startedAtMs) / 1_000),
      progressEveryMs,
    );
    try {
      const loops = this.connections.map((connection, index) =>
        this.loop(connection, this.templates[index] ?? [], tally, mayGoOn),
      );
      await Promise.race([Promise.all(loops), tooLate]);
    } finally {
      clearTimeout(deadline);
      clearTimeout(lastAnswers);
      clearInterval(progress);
    }
    return tally.report(startedAtMs, epochMs());
  }

  /** Sends one request after the other; callbacks instead of promises keep a request cheap. */
  private loop(
    connection: Connection,
    templates: Template[],
    tally: Tally,
    mayGoOn: () => boolean,
  ): Promise<void> {
    const { ids, plan } = this;
    return new Promise((resolve, reject) => {
      let turn = 0;
      let sentAtMs = 0;
      let isNew = true;
      const next = () => {
        if (!mayGoOn()) {
          resolve();
          return;
        }
        isNew = !plan.isRepeated || turn % 2 === 0;
        const use = plan.isRepeated ? turn >> 1 : turn;
        const template = templates[use % templates.length];
        turn++;
        if (!template) return;
        if (isNew) {
          template.refresh(ids);
          if (plan.accounts) template.writeAccount(accountName(this.account++, plan.accounts));
        }
        tally.sent++;
        sentAtMs = performance.now();
        connection.send(template.bytes, answered, reject);
      };
      const answered = (status: number) => {
        tally.answered(status, isNew, performance.now() - sentAtMs);
        next();
      };
      next();
    });
  }
}

/** Counts the answers of one run. */
class Tally {
  sent = 0;
  acceptedEvents = 0;
  private answers = 0;
  private distinctEvents = 0;
  private readonly statuses = new Map<number, number>();
  private readonly latencyMicros = createHistogram();
  private readonly eventsPerRequest: number;

  constructor({ eventsPerRequest }: LoadPlan) {
    this.eventsPerRequest = eventsPerRequest;
  }

  get open(): number {
    return this.sent - this.answers;
  }

  answered(status: number, isNew: boolean, tookMs: number): void {
    this.answers++;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    this.latencyMicros.record(Math.max(1, Math.round(tookMs * 1_000)));
    if (status !== 202) return;
    this.acceptedEvents += this.eventsPerRequest;
    if (isNew) this.distinctEvents += this.eventsPerRequest;
  }

  report(startedAtMs: number, endedAtMs: number): LoadReport {
    const { latencyMicros, acceptedEvents, distinctEvents } = this;
    const at = (percentile: number) => latencyMicros.percentile(percentile) / 1_000;
    return {
      startedAtMs,
      endedAtMs,
      statuses: Object.fromEntries(this.statuses),
      acceptedEvents,
      distinctEvents,
      latencyMs: { p50: at(50), p99: at(99), max: latencyMicros.max / 1_000 },
    };
  }
}
