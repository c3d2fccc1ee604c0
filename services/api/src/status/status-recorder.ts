import { componentIds, type ComponentId } from '@event-platform/core/storage/status/status';
import {
  addStatusMinutes,
  type StatusMinute,
} from '@event-platform/core/storage/status/status-minutes';
import type pg from 'pg';
import type { Logger } from '@event-platform/core/platform/logger';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import type { Route } from '../http/route.ts';
import { routes } from '../routes/catalogue.ts';

export interface StatusRecorderDependencies {
  directory: pg.Pool;
  /** Whether each component is well, as far as this process sees; undefined: it cannot tell. */
  readProbe: () => Record<ComponentId, boolean | undefined>;
  logger: Logger;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

const pollEveryMs = 2_000;
const writeEveryMs = 15_000;
const minuteMs = 60_000;
/** A day of minutes: what is kept while the database is down. */
const maxKeptMinutes = 24 * 60 * componentIds.length;

/** Components that are evaluated by requests, by route; a probe counts only in minutes without any. */
const componentOf = new Map<string, ComponentId | undefined>(
  routes.map(({ path, component }: Route) => [path, component]),
);

/** A minute of a component. */
interface Minute {
  component: ComponentId;
  minute: number;
  requests: { good: number; bad: number };
  probes: { good: number; bad: number };
}

/** Counts what customers saw, minute by minute, and writes it down. */
export class StatusRecorder {
  private readonly dependencies: StatusRecorderDependencies;
  private readonly minutes = new Map<string, Minute>();
  private unwritten: StatusMinute[] = [];
  private readonly probing = new PeriodicTask(() => this.readProbe(), pollEveryMs);
  private readonly writing = new PeriodicTask(() => this.write(false), writeEveryMs);

  constructor(dependencies: StatusRecorderDependencies) {
    this.dependencies = dependencies;
  }

  /** A request was answered; what is the tenant's own fault says nothing about us. */
  served(route: string, fault: string): void {
    const component = componentOf.get(route);
    if (component === undefined || fault === 'tenant') return;
    this.count('requests', component, fault !== 'system');
  }

  start(): void {
    this.probing.start();
    this.writing.start();
  }

  /** Writes what there is, the minute in progress included. */
  async stop(): Promise<void> {
    await this.probing.stop();
    await this.writing.stop();
    await this.write(true);
  }

  private readProbe(): void {
    for (const [component, isWell] of Object.entries(this.dependencies.readProbe())) {
      if (isWell !== undefined) this.count('probes', component as ComponentId, isWell);
    }
  }

  private count(kind: 'requests' | 'probes', component: ComponentId, isGood: boolean): void {
    const minute = Math.floor(this.dependencies.now() / minuteMs);
    const name = `${minute}:${component}`;
    const none = { good: 0, bad: 0 };
    const entry = this.minutes.get(name) ?? {
      component,
      minute,
      requests: { ...none },
      probes: { ...none },
    };
    this.minutes.set(name, entry);
    entry[kind][isGood ? 'good' : 'bad']++;
  }

  /** Takes the minutes that are over: their requests, or the looks where there was no request. */
  private take(isLast: boolean): void {
    const current = Math.floor(this.dependencies.now() / minuteMs);
    for (const [name, { component, minute, requests, probes }] of this.minutes) {
      if (minute >= current && !isLast) continue;
      const counts = requests.good + requests.bad > 0 ? requests : probes;
      this.unwritten.push({ component, minute, ...counts });
      this.minutes.delete(name);
    }
    this.unwritten = this.unwritten.slice(-maxKeptMinutes);
  }

  private async write(isLast: boolean): Promise<void> {
    const { directory, logger } = this.dependencies;
    this.take(isLast);
    const taken = this.unwritten.length;
    try {
      await addStatusMinutes(directory, this.unwritten);
      this.unwritten.splice(0, taken);
    } catch (error) {
      logger.debug({ err: error }, 'minutes of the status page are kept for later');
    }
  }
}
