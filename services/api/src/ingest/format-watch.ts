import type { Redis } from 'ioredis';
import { Gauge, type Registry } from 'prom-client';
import { oldestFormat, readableFormats } from '@event-platform/core/event/job-formats';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import type { Logger } from '@event-platform/core/platform/logger';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import { findNewestFormat } from '@event-platform/core/queue/worker-formats';

/** A worker that starts announces itself first, so this is how long jobs may still be too new for it. */
const pollEveryMs = 2_000;

export interface FormatWatchSettings {
  redis: Redis;
  keys: QueueKeys;
  registry: Registry;
  logger: Logger;
}

/**
 * Holds the newest format of jobs that this build may write: one that every live worker reads
 * (docs/adr/0029-job-formats.md). Before the first read it is the oldest; while Redis is unavailable it stays as it was.
 */
export class FormatWatch {
  private readonly settings: FormatWatchSettings;
  private readonly task: PeriodicTask;
  private format: number = oldestFormat;

  constructor(settings: FormatWatchSettings) {
    this.settings = settings;
    this.task = new PeriodicTask(() => this.probe(), pollEveryMs);
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
    this.settings.redis.on('ready', this.probeNow);
    this.task.start();
    this.probeNow();
  }

  stop(): Promise<void> {
    this.settings.redis.off('ready', this.probeNow);
    return this.task.stop();
  }

  private readonly probeNow = () => void this.task.now();

  private async probe(): Promise<void> {
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
