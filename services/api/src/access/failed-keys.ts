import { RequestError } from '@event-platform/core/event/errors';
import { WindowCounts } from '../http/window-counts.ts';

const windowMs = 60_000;

/**
 * Counts the wrong keys of an address, in the memory of this process. A key has 256 random bits and cannot be
 * guessed. What is bounded is the cost of trying: one read of PostgreSQL for each new key id.
 */
export class FailedKeys {
  private readonly counts = new WindowCounts(windowMs);
  private readonly perMinute: number;

  /** @param perMinute failures of one address (IPv6: one /56) in a minute; 0 sets no bound */
  constructor(perMinute: number) {
    this.perMinute = perMinute === 0 ? Infinity : perMinute;
  }

  /**
   * Whether PostgreSQL may be read for a key id that is not cached.
   *
   * @param client the address, by its `clientKey`
   */
  mayRead(client: string): boolean {
    return this.counts.read(client, performance.now()) < this.perMinute;
  }

  /** Counts a failure; returns the error that the request ends with. */
  note(client: string): RequestError {
    const { amount, resetMs } = this.counts.add(client, 1, performance.now());
    if (amount <= this.perMinute) return new RequestError('key_invalid');
    return new RequestError('ip_limit', 'Too many unknown API keys from this address', {
      retryAfterSeconds: Math.max(1, Math.ceil(resetMs / 1_000)),
      extra: { policy: 'ip' },
    });
  }
}
