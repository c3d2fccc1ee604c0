import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Redis } from 'ioredis';
import type { Admission, AdmissionDesk, AdmissionRequest } from './admission.ts';

/** What the limiter answers; `admission` is absent when the memory of this process answered. */
export class AdmissionRes extends RateLimiterRes {
  readonly admission: Admission;

  constructor(admission: Admission, limit: number) {
    const denied = admission.verdict === 'limit' || admission.verdict === 'cost_above_limit';
    super(
      Math.max(0, limit - admission.used),
      admission.waitMs,
      denied ? limit + 1 : admission.used,
      false,
    );
    this.admission = admission;
  }
}

const windowSeconds = 60;

/**
 * A sliding-window limiter in the shape of rate-limiter-flexible, whose own limiters count from a
 * key's first request and so let twice the limit through around a boundary. Only the store call
 * differs: it goes to the admission desk, whose script also holds the backlog gate and the start
 * tag. What the library gives stays: when Redis fails, its insurance limiter answers from memory
 * with this process's share of the limit.
 *
 * One instance serves one limit; accounts with the same limit share it.
 */
export class SlidingWindowLimiter extends RateLimiterRedis {
  private readonly desk: AdmissionDesk;

  constructor(desk: AdmissionDesk, limit: number, replicas: number, storeClient: Redis) {
    super({
      storeClient,
      points: limit,
      duration: windowSeconds,
      keyPrefix: 'account',
      insuranceLimiter: new RateLimiterMemory({
        points: Math.max(1, Math.ceil(limit / replicas)),
        duration: windowSeconds,
        keyPrefix: 'account',
      }),
    });
    this.desk = desk;
  }

  /**
   * Counts a request. Resolves with an AdmissionRes whose verdict may still be a closed gate, or with
   * a plain RateLimiterRes from memory; rejects with a RateLimiterRes when the limit is used up.
   */
  consumeRequest(request: AdmissionRequest): Promise<RateLimiterRes> {
    return this.consume(request.accountId, request.cost, { request });
  }

  /** Called by the library to count in the store. */
  protected _upsert(...[, , , , options]: unknown[]): Promise<Admission> {
    return this.desk.admit((options as { request: AdmissionRequest }).request);
  }

  /** Called by the library to read what `_upsert` resolved with. */
  protected _getRateLimiterRes(...[, , stored]: unknown[]): AdmissionRes {
    return new AdmissionRes(stored as Admission, this.points);
  }
}
