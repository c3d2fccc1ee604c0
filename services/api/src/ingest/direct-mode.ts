import { Counter, type Registry } from 'prom-client';
import type { Logger } from '@event-platform/core/platform/logger';
import {
  redisFailureReasons,
  type RedisFailure,
  type RedisFailureReason,
} from '@event-platform/core/platform/redis-failure';

export interface DirectModeSettings {
  registry: Registry;
  logger: Logger;
  /** Clock in milliseconds. */
  now: () => number;
}

/** A time in which events bypass the queue, and why. */
export interface DirectEpisode extends RedisFailure {
  sinceMs: number;
  lastMs: number;
}

/** Failures that are further apart than this are not of one episode. */
const quietAfterMs = 15_000;
/** How often the log repeats a reason that lasts. */
const repeatEveryMs = 60_000;
/** Without any request an episode ends after this long: nothing is known any more. */
const staleAfterMs = 5 * 60_000;

/**
 * Records why events do not go through the queue. It shows in the log at the edges of an episode, at a new
 * reason and each minute while it lasts; in a metric; and in the state of the process (ops/readiness.ts).
 */
export class DirectMode {
  private readonly settings: DirectModeSettings;
  private readonly counter: Counter<'reason'>;
  private episode: DirectEpisode | undefined;
  /** Batches since the last line of the log. */
  private batches = 0;
  /** Reasons in the log since then. */
  private readonly logged = new Set<RedisFailureReason>();
  private loggedSinceMs = -Infinity;

  constructor(settings: DirectModeSettings) {
    this.settings = settings;
    this.counter = new Counter({
      name: 'ingest_direct_total',
      help: 'Batches that the queue did not take, by why: they go straight to PostgreSQL, or are refused.',
      labelNames: ['reason'],
      registers: [settings.registry],
    });
    for (const reason of redisFailureReasons) this.counter.inc({ reason }, 0);
  }

  /** A batch could not take the way through Redis. */
  failed(failure: RedisFailure): void {
    const { logger, now } = this.settings;
    this.counter.inc({ reason: failure.reason });
    const nowMs = now();
    const lasting = this.current;
    this.episode = { sinceMs: lasting?.sinceMs ?? nowMs, ...failure, lastMs: nowMs };
    this.batches += 1;
    if (!lasting || nowMs - this.loggedSinceMs >= repeatEveryMs) {
      this.logged.clear();
      this.loggedSinceMs = nowMs;
    }
    if (this.logged.has(failure.reason)) return;
    this.logged.add(failure.reason);
    const { batches } = this;
    logger.warn({ ...failure, batches }, 'events are not queued, but written directly or refused');
    this.batches = 0;
  }

  /** The queue took a batch. */
  queued(): void {
    if (!this.episode || this.settings.now() - this.episode.lastMs < quietAfterMs) return;
    const { reason, sinceMs, lastMs } = this.episode;
    const { batches } = this;
    this.settings.logger.info(
      { reason, batches, lastedMs: lastMs - sinceMs },
      'events are queued again',
    );
    this.episode = undefined;
    this.batches = 0;
  }

  /** Why events bypass the queue; undefined while they do not, and where none has come for long. */
  get current(): DirectEpisode | undefined {
    const isStale = this.episode && this.settings.now() - this.episode.lastMs > staleAfterMs;
    return isStale ? undefined : this.episode;
  }
}
