import type { Redis } from 'ioredis';
import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '@event-platform/core/platform/logger';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';

/** What makes a Redis lose what it has taken, with a sentence for the log. */
const durabilityWarnings = {
  evicts: 'Redis evicts keys when it is full: set maxmemory-policy noeviction',
  not_persistent: 'Redis keeps no append-only file: a restart loses every event that waits',
  write_failing: 'Redis cannot write its append-only file: check its disk and its log',
} as const;

type DurabilityWarning = keyof typeof durabilityWarnings;

const kinds = Object.keys(durabilityWarnings) as DurabilityWarning[];

/** Settings change rarely; a failing disk is seen by Redis' own refusals sooner. */
const pollEveryMs = 10_000;

/**
 * Evaluates INFO, which managed services answer too where they refuse CONFIG. What it does not say
 * gives no warning. Pure.
 */
export function checkDurability(info: string): DurabilityWarning[] {
  const read = (field: string) => new RegExp(`^${field}:(\\S+)`, 'm').exec(info)?.[1];
  const policy = read('maxmemory_policy');
  return [
    ...(policy !== undefined && policy !== 'noeviction' ? (['evicts'] as const) : []),
    ...(read('aof_enabled') === '0' ? (['not_persistent'] as const) : []),
    ...(read('aof_last_write_status') === 'err' ? (['write_failing'] as const) : []),
  ];
}

export interface RedisDurabilitySettings {
  redis: Redis;
  registry: Registry;
  logger: Logger;
}

/**
 * Watches whether Redis can keep what it takes. It warns and refuses nothing: whether such a Redis
 * will do is the operator's choice.
 */
export class RedisDurability {
  private readonly settings: RedisDurabilitySettings;
  private readonly gauge: Gauge<'kind'>;
  private readonly task = new PeriodicTask(() => this.probe(), pollEveryMs);
  private readonly onReady = () => void this.task.now();
  /** As of the last read. */
  warnings: readonly DurabilityWarning[] = [];

  constructor(settings: RedisDurabilitySettings) {
    this.settings = settings;
    this.gauge = new Gauge({
      name: 'redis_durability_warning',
      help: 'Whether Redis may lose what it has taken, by why.',
      labelNames: ['kind'],
      registers: [settings.registry],
    });
    for (const kind of kinds) this.gauge.set({ kind }, 0);
  }

  start(): void {
    this.task.start();
    this.settings.redis.on('ready', this.onReady);
    void this.task.now();
  }

  async stop(): Promise<void> {
    this.settings.redis.off('ready', this.onReady);
    await this.task.stop();
  }

  private async probe(): Promise<void> {
    if (this.settings.redis.status !== 'ready') return;
    // A failed read leaves the last answer; that Redis is unavailable is reported elsewhere.
    const info = await this.settings.redis.info().catch(() => undefined);
    if (info === undefined) return;
    const found = checkDurability(info);
    for (const kind of kinds) this.gauge.set({ kind }, Number(found.includes(kind)));
    for (const kind of found) {
      if (!this.warnings.includes(kind))
        this.settings.logger.warn({ kind }, durabilityWarnings[kind]);
    }
    this.warnings = found;
  }
}
