import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { createLimiters, type ComparedLimiter, type LimiterName } from './limiters.ts';

/** One limiter under one pattern. */
export interface Accuracy {
  pattern: PatternName;
  limiter: LimiterName;
  /** The most events admitted in any span of one window ÷ the limit: above 1, the limit was broken. */
  worstSpan: number;
  /** Events admitted ÷ those that the exact log admitted. */
  admitted: number;
  /** Of the account's state in Redis, right after the pattern. */
  bytes: number;
}

const patternNames = ['burst at the boundary', 'steady, 1.5 × the limit', 'bursts'] as const;
export type PatternName = (typeof patternNames)[number];

const windowSeconds = 2;
const windowMs = windowSeconds * 1_000;
const limit = 1_000;

/** What is asked for, and when: milliseconds from the start, events. */
type Pattern = { atMs: number; events: number }[];

const patterns: Record<PatternName, Pattern> = {
  // One event opens the fixed window; the rest comes around its end.
  'burst at the boundary': [
    { atMs: 0, events: 1 },
    ...burst(windowMs - 100, limit - 1, 9),
    ...burst(windowMs + 100, limit, 10),
  ],
  'steady, 1.5 × the limit': Array.from({ length: 600 }, (_, index) => ({
    atMs: index * 10,
    events: 7 + (index % 2),
  })),
  bursts: randomBursts(),
};

/** Runs every pattern against every limiter, at the same moments. */
export async function measureAccuracy(redis: Redis, signal: AbortSignal): Promise<Accuracy[]> {
  // The admission client uses a connected Redis only.
  await redis.ping();
  const limiters = createLimiters({ redis, prefix: '{compared}', windowSeconds, limit });
  const results: Accuracy[] = [];
  for (const pattern of patternNames) {
    signal.throwIfAborted();
    const grants = await Promise.all(
      limiters.map((limiter) => play(limiter, pattern, patterns[pattern])),
    );
    const exact = sumOf(grants[limiters.findIndex(({ name }) => name === 'exact log')] ?? []);
    for (const [index, { name, keyOf }] of limiters.entries()) {
      const granted = grants[index] ?? [];
      const worstSpan = worstSpanOf(granted) / limit;
      const bytes = Number(await redis.memory('USAGE', keyOf(pattern), 'SAMPLES', 0));
      results.push({ pattern, limiter: name, worstSpan, admitted: sumOf(granted) / exact, bytes });
    }
  }
  return results;
}

interface Grant {
  sentMs: number;
  answeredMs: number;
  events: number;
}

/** Sends a pattern; returns what was admitted. */
async function play(limiter: ComparedLimiter, name: string, pattern: Pattern): Promise<Grant[]> {
  const startedAtMs = performance.now();
  const granted: Grant[] = [];
  await Promise.all(
    pattern.map(async ({ atMs, events }) => {
      await sleep(atMs);
      const sentMs = performance.now() - startedAtMs;
      const isAdmitted = await limiter.admit(name, events);
      const answeredMs = performance.now() - startedAtMs;
      if (isAdmitted) granted.push({ sentMs, answeredMs, events });
    }),
  );
  return granted;
}

/** The server decides between sending and answering: only what lies in the span for certain counts. */
function worstSpanOf(granted: readonly Grant[]): number {
  const spans = granted.map(({ sentMs }) =>
    sumOf(granted.filter((one) => one.sentMs >= sentMs && one.answeredMs <= sentMs + windowMs)),
  );
  return Math.max(0, ...spans);
}

function sumOf(grants: readonly { events: number }[]): number {
  return grants.reduce((sum, { events }) => sum + events, 0);
}

function burst(atMs: number, events: number, requests: number): Pattern {
  const each = Math.floor(events / requests);
  return Array.from({ length: requests }, (_, index) => ({
    atMs,
    events: index === 0 ? events - each * (requests - 1) : each,
  }));
}

/** Bursts of up to half the limit with pauses, over three windows; the same in every run. */
function randomBursts(): Pattern {
  const random = seededRandom(7);
  const pattern: Pattern = [];
  for (let atMs = 0; atMs < 3 * windowMs; atMs += 20 + random(300)) {
    pattern.push(...burst(atMs, 10 + random(limit / 2), 5));
  }
  return pattern;
}
