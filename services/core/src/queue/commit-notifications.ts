import type { Redis } from 'ioredis';
import type { JobHeader } from '../event/job.ts';
import type { QueueKeys } from '../platform/queue-names.ts';

/**
 * Notifies api processes whose requests wait for these jobs that their events are stored or dead-lettered.
 * One message per process; none when no request waits.
 */
export async function notifyWaiters(
  redis: Pick<Redis, 'publish'>,
  keys: QueueKeys,
  jobs: readonly JobHeader[],
): Promise<void> {
  const tokensOf = new Map<string, number[]>();
  for (const { waiters } of jobs) {
    if (!waiters) continue;
    const tokens = tokensOf.get(waiters.process);
    if (tokens) tokens.push(...waiters.tokens);
    else tokensOf.set(waiters.process, [...waiters.tokens]);
  }
  const messages = [...tokensOf].map(([process, tokens]) =>
    redis.publish(keys.commitNotifications(process), tokens.join(',')),
  );
  await Promise.all(messages);
}

/**
 * The notifications of `notifyWaiters` for one api process. The first wait opens its connection: a
 * subscriber can do nothing else on it. A notification is a hint and may be lost with Redis, so a waiting
 * request has a time limit too, and reads the table at its end.
 */
export class CommitNotifications {
  private readonly redis: Redis;
  private readonly channel: string;
  private readonly expected = new Map<number, { jobs: number; resolve: () => void }>();
  private line: Redis | undefined;
  private listening: Promise<void> | undefined;
  private lastToken = 0;

  /** @param process names the api process, in the jobs that it makes */
  constructor(redis: Redis, keys: QueueKeys, process: string) {
    this.redis = redis;
    this.channel = keys.commitNotifications(process);
  }

  /** Resolves when notifications arrive, or when Redis does not respond; the next call tries again then. */
  listen(): Promise<void> {
    this.listening ??= this.subscribe().catch(() => {
      this.listening = undefined;
    });
    return this.listening;
  }

  /** A token for a job, and a promise that resolves with its notification. */
  expect(): { token: number; notified: Promise<void> } {
    const token = ++this.lastToken;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.expected.set(token, { jobs: 1, resolve: () => resolve(undefined) });
    return { token, notified: promise };
  }

  /** How many jobs carry the token: the promise resolves when each of them is notified. */
  expectJobs(token: number, jobs: number): void {
    const expectation = this.expected.get(token);
    if (expectation) expectation.jobs = jobs;
  }

  /** Removes a token; true when it was notified. */
  unsubscribe(token: number): boolean {
    return !this.expected.delete(token);
  }

  /** The connection, to be closed; absent when no request ever waited. */
  get connection(): Redis | undefined {
    return this.line;
  }

  private async subscribe(): Promise<void> {
    this.line ??= this.openLine();
    await this.line.subscribe(this.channel);
  }

  /** After an outage the client subscribes again by itself. */
  private openLine(): Redis {
    const line = this.redis.duplicate({ enableOfflineQueue: true });
    // The main client logs outages; this one would log the same again.
    line.on('error', () => undefined);
    line.on('message', (_channel, tokens) => this.hear(tokens));
    return line;
  }

  private hear(tokens: string): void {
    for (const text of tokens.split(',')) {
      const token = Number(text);
      const expectation = this.expected.get(token);
      if (!expectation || --expectation.jobs > 0) continue;
      expectation.resolve();
      this.expected.delete(token);
    }
  }
}
