import type { Redis } from 'ioredis';
import type { Logger } from '@event-platform/core/platform/logger';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';

const checkEveryMs = 1_000;

/**
 * Watches how full Redis is. A full Redis refuses the workers' scripts too, so the queue could never
 * drain; admission stops well before.
 */
export class RedisMemory {
  private readonly redis: Redis;
  private readonly maxRatio: number;
  private readonly logger: Logger;
  private isUnread = false;
  private readonly task = new PeriodicTask(() => this.check(), checkEveryMs);
  /** Used memory as a share of maxmemory, or of the machine's where none is set. */
  ratio = 0;

  constructor(redis: Redis, maxPercent: number, logger: Logger) {
    this.redis = redis;
    this.logger = logger;
    this.maxRatio = maxPercent / 100;
  }

  get isHigh(): boolean {
    return this.ratio > this.maxRatio;
  }

  start(): void {
    this.task.start();
  }

  stop(): Promise<void> {
    return this.task.stop();
  }

  private async check(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    // A failed read leaves the last ratio; without Redis there is nothing to fill.
    const info = await this.redis.info('memory').catch((error: unknown) => {
      if (!this.isUnread) {
        this.logger.warn(
          { err: error },
          'Redis does not report its memory: nothing is refused for it',
        );
      }
      this.isUnread = true;
      return undefined;
    });
    if (info === undefined) return;
    this.isUnread = false;
    const read = (field: string) =>
      Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
    const limit = read('maxmemory') || read('total_system_memory');
    if (limit > 0) this.ratio = read('used_memory') / limit;
  }
}
