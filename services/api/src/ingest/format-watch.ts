import type { Redis } from 'ioredis';
import { Gauge, type Registry } from 'prom-client';
import { oldestFormat, readableFormats } from '@event-platform/core/event/job-formats';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import type { Logger } from '@event-platform/core/platform/logger';
import { Rounds } from '@event-platform/core/platform/rounds';
import { findNewestFormat } from '@event-platform/core/queue/worker-formats';

/** A worker that starts announces itself first, so this is how long jobs may still be too new for it. */
const lookEveryMs = 2_000;

export interface FormatWatchSettings {
  redis: Redis;
  keys: QueueKeys;
  registry: Registry;
  logger: Logger;
}

/**
 * Knows the newest format of jobs that this build may write: one that every live worker reads
 * (docs/adr/0029-job-formats.md). Before it has looked it is the oldest, and while Redis is away what it was.
 */
export class FormatWatch {
  private readonly settings: FormatWatchSettings;
  private readonly rounds: Rounds;
  private format: number = oldestFormat;

  constructor(settings: FormatWatchSettings) {
    this.settings = settings;
    this.rounds = new Rounds(() => this.look(), lookEveryMs);
    const newest = () => this.format;
    new Gauge({
      name: 'job_format',
      help: 'The newest format of jobs that this process writes: one that all live workers read.',
      registers: [settings.registry],
      collect() {
        this.set(newest());
      },
    });
  }

  /** Formats beyond those of this build are never written, whatever the workers read. */
  newest(): number {
    return this.format;
  }

  start(): void {
    this.settings.redis.on('ready', this.lookNow);
    this.rounds.start();
    this.lookNow();
  }

  stop(): Promise<void> {
    this.settings.redis.off('ready', this.lookNow);
    return this.rounds.stop();
  }

  private readonly lookNow = () => void this.rounds.now();

  private async look(): Promise<void> {
    const { redis, keys, logger } = this.settings;
    if (redis.status !== 'ready') return;
    try {
      const newest = Math.min(await findNewestFormat(redis, keys), Math.max(...readableFormats));
      if (newest !== this.format) {
        logger.info({ from: this.format, to: newest }, 'jobs are written in another format');
      }
      this.format = newest;
    } catch (error) {
      logger.debug({ err: error }, 'the formats that workers read are not known anew');
    }
  }
}
