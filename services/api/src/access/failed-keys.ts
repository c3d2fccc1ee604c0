import { RateLimiterMemory } from 'rate-limiter-flexible';
import { RequestError } from '@event-platform/core/event/errors';

const windowSeconds = 60;

/**
 * Counts the keys that an address got wrong, in this process's memory. Nobody guesses 256 random bits;
 * what is bounded is the work that trying costs us, one look into PostgreSQL for each id never seen.
 */
export class FailedKeys {
  private readonly limiter: RateLimiterMemory | undefined;

  /** @param perMinute failures of one address (IPv6: one /56) in a minute; 0 sets no bound */
  constructor(perMinute: number) {
    this.limiter =
      perMinute === 0
        ? undefined
        : new RateLimiterMemory({ points: perMinute, duration: windowSeconds });
  }

  /**
   * Whether a key that nobody knows yet is worth a look into PostgreSQL.
   *
   * @param client whose it is, by its `clientKey`
   */
  async mayTry(client: string): Promise<boolean> {
    const spent = await this.limiter?.get(client);
    return !spent || spent.remainingPoints > 0;
  }

  /** Counts a failure; returns the error that the request ends with. */
  async note(client: string): Promise<RequestError> {
    const spent = await this.limiter?.penalty(client);
    if (!this.limiter || !spent || spent.consumedPoints <= this.limiter.points) {
      return new RequestError('key_invalid');
    }
    return new RequestError('ip_limit', 'Too many unknown API keys from this address', {
      retryAfterSeconds: Math.max(1, Math.ceil(spent.msBeforeNext / 1_000)),
      extra: { policy: 'ip' },
    });
  }
}
