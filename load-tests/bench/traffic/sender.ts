import { uuidV7s } from '../events/event-ids.ts';
import { postText } from '../events/event-texts.ts';
import { seededRandom, type Random } from '@event-platform/testkit/harness/seeded-random';
import { population, sampleEvent } from '../events/sample-event.ts';
import { Template, timestampPlaceholder } from '../events/template.ts';
import { Connection } from '../load/connection.ts';
import { httpRequest } from '../load/request-templates.ts';
import type { Intervals } from './intervals.ts';
import type { TenantTraffic } from './traffic-plan.ts';

/** Requests at fixed times need no more connections than are sent in this many seconds, and some. */
const retryBudgetSeconds = 0.2;
const fewestConnections = 4;
const tickMs = 1;
/** In a long run the events' times move on, as a tenant's do: an index by time grows at its end, not in its middle. */
const timestampsAnewMs = 1_000;

/** Sends one tenant's requests over connections of its own, so that no tenant waits for another. */
export class Sender {
  readonly account: string;
  acceptedEvents = 0;
  readonly statuses = new Map<number, number>();
  latestMs = 0;
  private readonly traffic: TenantTraffic;
  private readonly connections: Connection[];
  private readonly intervals: Intervals;
  private readonly onError: (error: Error) => void;
  private readonly ids = uuidV7s();
  private readonly templates: Template[];
  private readonly random: Random;
  private readonly stampedAtMs: number[];
  private free: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private startedAtMs = 0;
  private sent = 0;
  private open = 0;
  private isStopping = false;
  private whenIdle: () => void = () => undefined;

  private constructor(
    port: number,
    traffic: TenantTraffic,
    connections: Connection[],
    intervals: Intervals,
    onError: (error: Error) => void,
  ) {
    this.traffic = traffic;
    this.account = traffic.account;
    this.connections = connections;
    this.intervals = intervals;
    this.onError = onError;
    this.random = seededRandom(traffic.eventsPerRequest);
    // A template is in use until its answer is there: one for each connection.
    this.templates = connections.map(() => {
      const { account, eventsPerRequest } = traffic;
      const events = Array.from({ length: eventsPerRequest }, () => {
        const event = sampleEvent(this.random, account, Date.now());
        return postText({ ...event, timestamp: timestampPlaceholder });
      });
      return new Template(httpRequest(port, events));
    });
    this.stampedAtMs = connections.map(() => -Infinity);
    this.free = connections.map((_, index) => index);
  }

  /** Connects. */
  static async open(
    port: number,
    traffic: TenantTraffic,
    intervals: Intervals,
    onError: (error: Error) => void,
  ): Promise<Sender> {
    const { pace } = traffic;
    const count =
      'connections' in pace
        ? pace.connections
        : Math.max(fewestConnections, Math.ceil(pace.requestsPerSecond * retryBudgetSeconds));
    const connections = Array.from({ length: count }, () => new Connection(port));
    await Promise.all(connections.map(({ opened }) => opened));
    return new Sender(port, traffic, connections, intervals, onError);
  }

  /** @param offsetMs spreads tenants of the same pace over its period */
  start(offsetMs: number): void {
    this.startedAtMs = performance.now() + offsetMs;
    if ('connections' in this.traffic.pace) this.sendAll();
    else this.timer = setInterval(() => this.sendDue(), tickMs);
  }

  /** Sends nothing more; resolves when the last answer is there. */
  stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    if (this.open === 0) return Promise.resolve();
    return new Promise((resolve) => (this.whenIdle = resolve));
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  private sendAll(): void {
    for (const index of this.free.splice(0)) this.send(index, performance.now());
  }

  private sendDue(): void {
    const { pace } = this.traffic;
    if (!('requestsPerSecond' in pace)) return;
    for (;;) {
      const lateMs =
        performance.now() - this.startedAtMs - (this.sent * 1_000) / pace.requestsPerSecond;
      // The connection that has rested longest: the server closes those that rest too long.
      const index = lateMs >= 0 ? this.free.shift() : undefined;
      if (index === undefined) return;
      this.latestMs = Math.max(this.latestMs, lateMs);
      this.send(index, performance.now() - lateMs);
    }
  }

  /** @param dueMs when it should have been sent: what it waited for a connection counts */
  private send(index: number, dueMs: number): void {
    const [connection, template] = [this.connections[index], this.templates[index]];
    if (!connection || !template) return;
    template.refresh(this.ids);
    this.refreshTimestamps(index, template);
    this.sent++;
    this.open++;
    const answered = (status: number) => {
      this.intervals
        .at(dueMs)
        ?.record(Math.max(1, Math.round((performance.now() - dueMs) * 1_000)));
      this.answered(index, status);
    };
    connection.send(template.bytes, answered, this.onError);
  }

  private refreshTimestamps(index: number, template: Template): void {
    const nowMs = Date.now();
    if (nowMs - (this.stampedAtMs[index] ?? 0) < timestampsAnewMs) return;
    this.stampedAtMs[index] = nowMs;
    template.writeTimestamps(() => nowMs - this.random(population.timestampSpreadMs));
  }

  private answered(index: number, status: number): void {
    this.open--;
    this.free.push(index);
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (status === 202) this.acceptedEvents += this.traffic.eventsPerRequest;
    if (this.isStopping) {
      if (this.open === 0) this.whenIdle();
    } else if ('connections' in this.traffic.pace) {
      this.sendAll();
    }
  }
}
