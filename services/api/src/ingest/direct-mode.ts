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

/** While events go past the queue, and why. */
export interface DirectEpisode extends RedisFailure {
  sinceMs: number;
  lastMs: number;
}

/** Failures that are further apart than this are not of one episode. */
const quietAfterMs = 15_000;
/** How often the log repeats a reason that lasts. */
const repeatEveryMs = 60_000;
/** Without any request nothing is known after this long. */
const staleAfterMs = 5 * 60_000;

/**
 * Tells why events do not go through the queue: in the log at the edges of an episode, at a new reason and
 * each minute while it lasts, in a metric, and to whoever asks for the state of the process.
 */
export class DirectMode {
  private readonly settings: DirectModeSettings;
  private readonly counter: Counter<'reason'>;
  private episode: DirectEpisode | undefined;
  /** Groups since the last line of the log. */
  private groups = 0;
  /** Reasons in the log since then. */
  private readonly logged = new Set<RedisFailureReason>();
  private loggedSinceMs = -Infinity;

  constructor(settings: DirectModeSettings) {
    this.settings = settings;
    this.counter = new Counter({
      name: 'ingest_direct_total',
      help: 'Groups of events that the queue did not take, by why: they go straight to PostgreSQL, or are refused.',
      labelNames: ['reason'],
      registers: [settings.registry],
    });
    for (const reason of redisFailureReasons) this.counter.inc({ reason }, 0);
  }

  /** A group of events could not take the way through Redis. */
  failed(failure: RedisFailure): void {
    const { logger, now } = this.settings;
    this.counter.inc({ reason: failure.reason });
    const nowMs = now();
    const lasting = this.current;
    this.episode = { sinceMs: lasting?.sinceMs ?? nowMs, ...failure, lastMs: nowMs };
    this.groups += 1;
    if (!lasting || nowMs - this.loggedSinceMs >= repeatEveryMs) {
      this.logged.clear();
      this.loggedSinceMs = nowMs;
    }
    if (this.logged.has(failure.reason)) return;
    this.logged.add(failure.reason);
    const { groups } = this;
    logger.warn({ ...failure, groups }, 'events are not queued, but written directly or refused');
    this.groups = 0;
  }

  /** The queue took a group. */
  queued(): void {
    if (!this.episode || this.settings.now() - this.episode.lastMs < quietAfterMs) return;
    const { reason, sinceMs, lastMs } = this.episode;
    const { groups } = this;
    this.settings.logger.info(
      { reason, groups, lastedMs: lastMs - sinceMs },
      'events are queued again',
    );
    this.episode = undefined;
    this.groups = 0;
  }

  /** Why events go past the queue; undefined while they do not, and where none has come for long. */
  get current(): DirectEpisode | undefined {
    const isStale = this.episode && this.settings.now() - this.episode.lastMs > staleAfterMs;
    return isStale ? undefined : this.episode;
  }
}
