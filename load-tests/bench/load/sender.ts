import { seededRandom, type Random } from '@event-platform/testkit/harness/seeded-random';
import { uuidV4s, uuidV7s, type EventIds } from '../events/event-ids.ts';
import { accountName, population } from '../events/sample-event.ts';
import type { Template } from '../events/template.ts';
import { Connection } from './connection.ts';
import type { Intervals } from './intervals.ts';
import type { SenderPlan } from './load-plan.ts';
import { requestTemplates } from './request-templates.ts';

/** Requests at fixed times need no more connections than are sent in this many seconds, and some. */
const longestAnswerSeconds = 0.2;
const fewestConnections = 4;
const tickMs = 1;
/** In a long run the times of events move on, as a tenant's do: an index by time grows at its end. */
const timestampsAnewMs = 1_000;

/** One connection and the requests that it sends in turn; a template is in use until its answer. */
interface Lane {
  connection: Connection;
  templates: Template[];
  /** Requests so far. */
  turn: number;
}

/** Sends one plan's requests over connections of its own, so that no sender waits for another. */
export class Sender {
  readonly plan: SenderPlan;
  acceptedEvents = 0;
  /** Of these, events whose id was new. */
  distinctEvents = 0;
  readonly statuses = new Map<number, number>();
  /** By how much the latest request at a fixed time missed it. */
  latestMs = 0;
  private readonly lanes: Lane[];
  private readonly intervals: Intervals;
  private readonly onError: (error: Error) => void;
  private readonly ids: EventIds;
  private readonly random: Random;
  private readonly stampedAtMs = new Map<Template, number>();
  private free: Lane[] = [];
  private timer: NodeJS.Timeout | undefined;
  private startedAtMs = 0;
  private sent = 0;
  private open = 0;
  /** The next in turn, where every request is of another account. */
  private account = 0;
  private isStopping = true;
  private idle = Promise.withResolvers<undefined>();

  private constructor(
    plan: SenderPlan,
    lanes: Lane[],
    intervals: Intervals,
    onError: (error: Error) => void,
  ) {
    this.plan = plan;
    this.lanes = lanes;
    this.intervals = intervals;
    this.onError = onError;
    this.ids = plan.ids === 'v4' ? uuidV4s() : uuidV7s();
    this.random = seededRandom(plan.eventsPerRequest);
  }

  /** Makes the requests and connects. */
  static async open(
    ports: readonly number[],
    plan: SenderPlan,
    intervals: Intervals,
    onError: (error: Error) => void,
  ): Promise<Sender> {
    const { pace } = plan;
    const count =
      'connections' in pace
        ? pace.connections
        : Math.max(fewestConnections, Math.ceil(pace.requestsPerSecond * longestAnswerSeconds));
    const templates = requestTemplates(plan, ports[0] ?? 0, count, Date.now());
    const lanes = templates.map((own, index): Lane => {
      const connection = new Connection(ports[index % ports.length] ?? 0);
      return { connection, templates: own, turn: 0 };
    });
    await Promise.all(lanes.map(({ connection }) => connection.opened));
    return new Sender(plan, lanes, intervals, onError);
  }

  /** @param offsetMs spreads senders of the same pace over its period */
  start(offsetMs: number): void {
    this.acceptedEvents = 0;
    this.distinctEvents = 0;
    this.statuses.clear();
    this.latestMs = 0;
    this.sent = 0;
    this.isStopping = false;
    this.idle = Promise.withResolvers<undefined>();
    this.startedAtMs = performance.now() + offsetMs;
    this.free = [...this.lanes];
    if ('connections' in this.plan.pace) {
      for (const lane of this.free.splice(0)) this.sendNext(lane);
    } else {
      this.timer = setInterval(() => this.sendDue(), tickMs);
    }
  }

  /** Resolves when it has sent all its requests and has their answers; never for one without an end. */
  get finished(): Promise<unknown> {
    return this.idle.promise;
  }

  /** Requests without an answer. */
  get unanswered(): number {
    return this.open;
  }

  /** Sends nothing more; resolves when the last answer is there. */
  async stop(): Promise<void> {
    this.end();
    await this.idle.promise;
  }

  close(): void {
    clearInterval(this.timer);
    for (const { connection } of this.lanes) connection.close();
  }

  private end(): void {
    this.isStopping = true;
    clearInterval(this.timer);
    if (this.open === 0) this.idle.resolve(undefined);
  }

  private sendDue(): void {
    const { pace } = this.plan;
    if (!('requestsPerSecond' in pace)) return;
    for (;;) {
      const lateMs =
        performance.now() - this.startedAtMs - (this.sent * 1_000) / pace.requestsPerSecond;
      // The connection that has rested longest: the server closes those that rest too long.
      const lane = lateMs >= 0 && !this.isStopping ? this.free.shift() : undefined;
      if (lane === undefined) return;
      this.latestMs = Math.max(this.latestMs, lateMs);
      this.send(lane, performance.now() - lateMs);
    }
  }

  private sendNext(lane: Lane): void {
    if (!this.isStopping) this.send(lane, performance.now());
  }

  /** @param dueMs when it should have been sent: what it waited for a connection counts */
  private send(lane: Lane, dueMs: number): void {
    const { isRepeated = false, maxRequests = Infinity } = this.plan;
    const isNew = !isRepeated || lane.turn % 2 === 0;
    const use = isRepeated ? lane.turn >> 1 : lane.turn;
    const template = lane.templates[use % lane.templates.length];
    if (!template) return;
    lane.turn++;
    if (isNew) this.refresh(template);
    this.sent++;
    this.open++;
    if (this.sent >= maxRequests) this.end();
    lane.connection.send(
      template.bytes,
      (status) => this.answered(lane, status, isNew, dueMs),
      this.onError,
    );
  }

  private refresh(template: Template): void {
    const { accounts, hasFixedTimes } = this.plan;
    template.refresh(this.ids);
    if (typeof accounts === 'number') template.writeAccount(accountName(this.account++, accounts));
    if (hasFixedTimes) return;
    const nowMs = Date.now();
    if (nowMs - (this.stampedAtMs.get(template) ?? 0) < timestampsAnewMs) return;
    this.stampedAtMs.set(template, nowMs);
    template.writeTimestamps(() => nowMs - this.random(population.timestampSpreadMs));
  }

  private answered(lane: Lane, status: number, isNew: boolean, dueMs: number): void {
    const micros = Math.round((performance.now() - dueMs) * 1_000);
    this.intervals.at(dueMs)?.record(Math.max(1, micros));
    this.open--;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === 202) {
      this.acceptedEvents += this.plan.eventsPerRequest;
      if (isNew) this.distinctEvents += this.plan.eventsPerRequest;
    }
    if (this.isStopping && this.open === 0) this.idle.resolve(undefined);
    if ('connections' in this.plan.pace) this.sendNext(lane);
    else this.free.push(lane);
  }
}
