import type pg from 'pg';
import {
  componentIds,
  type ComponentId,
  type ComponentStatus,
  type Status,
} from '@event-platform/core/storage/status/status';
import { readStatusDays, type StatusDay } from '@event-platform/core/storage/status/status-minutes';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import { evaluateNow, type Probe } from './evaluate-now.ts';

export interface StatusBoardDependencies {
  directory: pg.Pool;
  readProbe: () => Probe;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

const dayMs = 86_400_000;
const shownDays = 30;
const readEveryMs = 60_000;

const names: Record<ComponentId, string> = {
  ingest: 'Accepting events',
  processing: 'Processing',
  summaries: 'Summaries',
};

/** Knows the moment and the last 30 days, without asking anyone when it is asked. */
export class StatusBoard {
  private readonly dependencies: StatusBoardDependencies;
  private days: StatusDay[] = [];
  private readAtMs: number | undefined;
  private readonly task = new PeriodicTask(() => this.read(), readEveryMs);

  constructor(dependencies: StatusBoardDependencies) {
    this.dependencies = dependencies;
  }

  /** Begins to read the days, now and then once a minute; waits for nothing. */
  start(): void {
    this.task.start();
    void this.task.now();
  }

  stop(): Promise<void> {
    return this.task.stop();
  }

  /** The status as of now, from memory. */
  status(): Status {
    const { readProbe, now } = this.dependencies;
    const probe = readProbe();
    const evaluated = evaluateNow(probe);
    const components = componentIds.map((id) => ({
      id,
      name: names[id],
      ...evaluated[id],
      ...this.historyOf(id),
    }));
    const delay = probe.isRedisUp ? probe.delaySeconds : undefined;
    return {
      as_of: new Date(now()).toISOString(),
      state: worst(components),
      processing_delay_seconds: delay === undefined ? null : Math.round(delay * 10) / 10,
      history_as_of: this.readAtMs === undefined ? null : new Date(this.readAtMs).toISOString(),
      components,
    };
  }

  private async read(): Promise<void> {
    const { directory, now } = this.dependencies;
    const nowMs = now();
    try {
      this.days = await readStatusDays(
        directory,
        new Date(dayStart(nowMs) - (shownDays - 1) * dayMs),
      );
      this.readAtMs = nowMs;
    } catch {
      // The days of the last reading stay, with the time they were read at.
    }
  }

  private historyOf(id: ComponentId): Pick<ComponentStatus, 'uptime' | 'days'> {
    const own = this.days.filter(({ component }) => component === id);
    const byDay = new Map(own.map((day) => [day.day, day]));
    const today = dayStart(this.dependencies.now());
    const shown = Array.from({ length: shownDays }, (_, index) => {
      const day = new Date(today - (shownDays - 1 - index) * dayMs).toISOString().slice(0, 10);
      return { day, counts: byDay.get(day) };
    });
    return {
      uptime: share(shown.flatMap(({ counts }) => counts ?? [])),
      days: shown.map(({ day, counts }) => ({ day, uptime: share(counts ? [counts] : []) })),
    };
  }
}

function dayStart(instantMs: number): number {
  return Math.floor(instantMs / dayMs) * dayMs;
}

/** Per cent that was good, rounded down, so that 100 means all of it. */
function share(counts: readonly { good: number; bad: number }[]): number | null {
  const good = counts.reduce((sum, one) => sum + one.good, 0);
  const all = counts.reduce((sum, one) => sum + one.good + one.bad, 0);
  return all === 0 ? null : Math.floor((good / all) * 100_000) / 1_000;
}

function worst(components: readonly Pick<ComponentStatus, 'state'>[]): Status['state'] {
  const states = components.map(({ state }) => state);
  if (states.includes('outage')) return 'outage';
  return states.includes('degraded') ? 'degraded' : 'operational';
}
